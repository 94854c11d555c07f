"""The weights of `lite` and `lite-cc0`, as `footfall models` sees them."""

from domain.errors import ModelError
from pipeline.parsers.lite.parser import FOLDERS
from pipeline.parsers.lite.weights import read_weights
from pipeline.parsers.shipped import verified_network
from pipeline.parsers.weights import ParserWeights, Quantizing, Say


class LiteWeights(ParserWeights):
    """They come with Footfall."""

    @property
    def about(self) -> str:
        """What tells the two apart."""
        told = {
            "lite": "Comes with Footfall, real-time on a CPU",
            "lite-cc0": "The network of lite, learnt from CC0 data alone; sees much less",
        }
        return told[self.kind]

    @property
    def licence(self) -> str:
        """Of the weights, and of what they were trained on (docs/models/lite.md)."""
        learnt = {
            "lite": "trained on CC0 renderings and on data under Apache 2.0, MIT and CC-BY 4.0",
            "lite-cc0": "trained on CC0 data alone",
        }
        return f"Apache 2.0; {learnt[self.kind]}"

    def listed(self) -> list[str]:
        """Version and precisions."""
        folder = FOLDERS[self.kind]
        weights = read_weights(folder)
        files = (*weights.networks.values(), *(weights.crops or {}).values())
        size = sum((folder / name).stat().st_size for each in files for name in each)
        kinds = " and ".join(weights.networks)
        return [
            f"{self.kind}  {weights.version}  {size / 1e6:.1f} MB  {kinds}, comes with Footfall, in {folder}"
        ]

    def verify(self, say: Say) -> None:
        """Check every network."""
        folder = FOLDERS[self.kind]
        weights = read_weights(folder)
        for files in (*weights.networks.values(), *(weights.crops or {}).values()):
            verified_network(folder, weights.name, files)
        say(f"{self.kind} {weights.version}: every file is as it was written")

    def quantize(self, wish: Quantizing, say: Say) -> None:
        """It is quantized already, or not meant to be."""
        if "int8" in read_weights(FOLDERS[self.kind]).networks:
            raise ModelError(f"{self.kind} comes with an int8 network: footfall run SOURCE --precision int8")
        super().quantize(wish, say)
