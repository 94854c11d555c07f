# Footfall: every command a developer needs. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
NETWORK ?= pipeline/parsers/lite/lite.onnx
FINDER ?= pipeline/finders/lite/finder.onnx
FINDER_THRESHOLD ?= 0.35
CROP ?= pipeline/parsers/lite/crop/crop.onnx
PEER ?= $(or $(FOOTFALL_SHARED),../shared)/models/detectors/yolox_nano_coco.onnx
TRAINING ?= out/training
FRAMES ?=

.PHONY: chaos soak help setup setup-dev setup-m2fp setup-train parity demo demo-serve test test-training fuzz test-fast check format bench train train-packs evaluate \
	frames evaluation-frames lock schemas screenshots sprites demo-clip clean

help: ## list these commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

EXTRAS ?=

setup: ## make .venv with the locked dependencies and the command .venv/bin/footfall; EXTRAS="kafka postgres" adds those (idempotent)
	@scripts/setup-env.sh runtime $(EXTRAS)

setup-dev: ## the same with the tools for tests and checks
	@scripts/setup-env.sh dev

setup-train: ## the same with torch, to train the weights (6 GB)
	@scripts/setup-env.sh train

demo: setup ## parse the clip that comes with the project; results in out/demo
	@.venv/bin/footfall demo --out out/demo

demo-serve: ## serve the clip that comes with the project as a camera: API, web page and metrics on this machine
	@scripts/setup-env.sh runtime service
	@.venv/bin/footfall serve --config examples/demo-serve.yaml

test: setup-dev ## check, then every test, real Kafka, PostgreSQL and RTSP servers included
	@scripts/system-packages.sh
	@$(MAKE) --no-print-directory check
	@$(PY) -m pytest $(SIDE_BY_SIDE)

# A worker for each core, four at most: each starts servers of its own. Who is done takes half of what another one still has.
SIDE_BY_SIDE ?= -n $(shell nproc) --maxprocesses 4 --dist worksteal

test-training: setup-train ## the tests of training, converting and quantising, which need torch (6 GB)
	@FOOTFALL_TEST_TRAINING=1 $(PY) -m pytest -m training

fuzz: setup-dev ## whole commands on damaged recordings, pictures and settings (10 minutes at most; FUZZ_SEED=N tries others)
	@$(PY) -m tests.fuzz --seed $(or $(FUZZ_SEED),1)

chaos: setup-dev ## runs that are killed, servers, disks and cameras that fail (30 to 45 minutes; CHAOS="--only named" and other flags of python -m tests.chaos)
	@FOOTFALL_CHAOS=1 $(PY) -m pytest -q -s tests/integration/test_cameras_that_fail.py tests/unit/sinks/test_jsonl_rotation.py
	@$(PY) -m tests.chaos --seed $(or $(CHAOS_SEED),1) $(CHAOS)

soak: setup-dev ## half an hour over two cameras that keep going away: memory, threads and descriptors by the minute
	@$(PY) -m benchmarks.soak --minutes 30

test-fast: setup-dev ## the tests that need no server and no ../shared
	@$(PY) -m pytest $(SIDE_BY_SIDE) -m "not integration and not shared_data"

check: setup-dev ## format, lint, types, import contracts, dead code
	@.venv/bin/ruff format --check --quiet . || { echo "run: make format" >&2; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/vulture

format: setup-dev ## rewrite the code to the project's format
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix .

bench: setup-dev ## print the figures of the README's first table, of sinks and of analytics
	@$(PY) -m benchmarks

sprites: setup-dev ## render the people of the synthetic: source again (needs ../shared, some minutes)
	@OPENBLAS_NUM_THREADS=1 $(PY) -m training.scenes.sprites

demo-clip: setup-dev ## render the demo clip and its truth again (needs ../shared, some minutes)
	@OPENBLAS_NUM_THREADS=1 $(PY) -m training.scenes.demo_clip

setup-m2fp: ## setup-dev with torch and modelscope, to fetch and convert the parser m2fp (5 GB)
	@scripts/setup-env.sh m2fp

parity: setup-m2fp ## compare m2fp with ModelScope's own class, in an environment made for it (first time: 3 minutes and more)
	@scripts/parity-env.sh
	@.cache/parity/venv/bin/python tests/parity/reference.py .cache/parity/models
	@$(PY) -m tests.parity.compare .cache/parity/models $(PARITY_FLAGS)

train: setup-train ## train the embedded parser, or go on (needs ../shared; FRAMES="--frames DIR" adds rendered frames)
	@OMP_NUM_THREADS=$${OMP_NUM_THREADS:-2} $(PY) -m training --out $(TRAINING) $(FRAMES)

train-packs: setup-train ## pack what training needs for a machine without a network (needs ../shared, 200 MB)
	@$(PY) -m training.packs --out out/train-packs

CROWD_FRAMES ?= 10000
CAR_PARK_FRAMES ?= 2000
CROWD_SEED ?= 1

frames: setup-dev ## render frames to train on, or go on (needs ../shared; CROWD_FRAMES into out/crowds, CAR_PARK_FRAMES into out/car-parks)
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m training.scenes.crowds --out out/crowds --frames $(CROWD_FRAMES) \
		--seed $(CROWD_SEED)
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m training.scenes.crowds --out out/car-parks --frames $(CAR_PARK_FRAMES) \
		--seed $(CROWD_SEED) --car-parks

evaluate: setup-dev out/frames out/frames-crowds out/frames-empty out/frames-720p ## measure NETWORK, FINDER and CROP on what nothing was trained on (needs ../shared)
	@$(PY) -m benchmarks.accuracy $(NETWORK) --frames out/frames --crowds out/frames-crowds --empty out/frames-empty \
		--json out/evaluation.json
	@$(PY) -m benchmarks.accuracy.finding $(FINDER) --threshold $(FINDER_THRESHOLD) --crowds out/frames-crowds --empty out/frames-empty --peer $(PEER) \
		--peer-threshold 0.15 --json out/evaluation-finding.json
	@$(PY) -m benchmarks.accuracy.finding $(FINDER) --threshold $(FINDER_THRESHOLD) --crowds out/frames-720p --peer $(PEER) \
		--peer-threshold 0.15 --json out/evaluation-finding-720p.json
	@$(PY) -m benchmarks.accuracy.empty --finder --crop $(CROP) --empty out/frames-empty
	@$(PY) -m benchmarks.accuracy.apart --crop $(CROP) --crowds out/frames-crowds
	@$(PY) -m benchmarks.accuracy.pasted --crop $(CROP) --finder $(FINDER) --height 384 --lite fp32 --json out/evaluation-pasted.json

out/frames out/frames-crowds out/frames-empty out/frames-720p: ; @$(MAKE) --no-print-directory evaluation-frames

evaluation-frames: setup-dev ## render the frames that evaluate needs (needs ../shared, 8 minutes)
	@test -d out/frames || OPENBLAS_NUM_THREADS=1 $(PY) -m benchmarks.accuracy.film --out out/frames
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m training.scenes.crowds --out out/frames-crowds --frames 300 \
		--seed 900001 --split held_out
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m training.scenes.crowds --out out/frames-empty --frames 300 \
		--seed 900002 --split held_out --nobody
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m training.scenes.crowds --out out/frames-720p --frames 96 \
		--seed 900003 --split held_out --size 1280x720

lock: setup ## resolve the dependencies again and write requirements/*.txt
	@scripts/lock.sh

schemas: setup ## write docs/schemas, the tables of docs/events.md, docs/privacy.md and docs/service.md, and sinks/sql/sqlite.sql from the migrations
	@$(PY) -m domain.schemas
	@$(PY) -m sinks.sql.new_file
	@$(PY) -m domain.events.documentation docs/events.md
	@$(PY) -m domain.events.keeping_page docs/privacy.md
	@! $(PY) -c 'import fastapi' 2>/dev/null || $(PY) -m service.documentation

screenshots: setup-dev ## photograph the web page for the documentation, into docs/images
	@$(PY) -m tests.screenshots docs/images

clean: ## remove what was built and written, the environment too
	@rm -rf .venv .cache out build dist
