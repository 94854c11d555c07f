"""How large the network is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Sizes of an M2FP network; the defaults are those of ModelScope's multi-person checkpoint.

    Attributes:
        blocks: Bottleneck blocks in each of the four stages of the backbone.
        stem_channels: Of the stem's output; its first two convolutions have half as many.
        bottleneck_channels: Inside the blocks of the first stage; doubled from stage to stage.
        stage_channels: Output of the first stage; doubled from stage to stage.
        width: Of every token and query, and of the mask features.
        heads: Of every attention.
        points: Sampled a head and level by deformable attention.
        encoder_layers: Of deformable attention.
        encoder_feedforward: Hidden width in the encoder.
        decoder_layers: Of the transformer decoder.
        decoder_feedforward: Hidden width in the decoder.
        queries: Candidates for a part or a person.
        classes: Without "no object".
        groups: Of every group normalisation.
    """

    blocks: tuple[int, int, int, int] = (3, 4, 23, 3)
    stem_channels: int = 128
    bottleneck_channels: int = 64
    stage_channels: int = 256
    width: int = 256
    heads: int = 8
    points: int = 4
    encoder_layers: int = 6
    encoder_feedforward: int = 1024
    decoder_layers: int = 9
    decoder_feedforward: int = 2048
    queries: int = 100
    classes: int = 21
    groups: int = 32


M2FP_RESNET101 = NetworkShape()
"""`damo/cv_resnet101_image-multiple-human-parsing`: 63.1 million parameters."""
