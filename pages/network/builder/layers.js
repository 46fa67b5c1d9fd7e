// The kinds of layers: their settings, and what a new layer starts with.

const KINDS = ["Conv2D", "MaxPooling2D", "AveragePooling2D", "BatchNormalization", "ReLU", "Activation", "Dropout", "Flatten",
  "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Dense", "Residual"];
const choice = (name, options, more = {}) => ({ kind: "choice", name, options, ...more });
const number = (name, before, after, low, high, more = {}) => ({ kind: "number", name, before, after, low, high, step: 1, ...more });
// Settings marked `usual` are folded away while they have that value and nobody edits the row.
const PADDING = choice("padding", { valid: "valid", same: "same" });
const ACTIVATION = choice("activation", { relu: "ReLU", gelu: "GELU", silu: "SiLU", linear: "linear" });
const BIAS = choice("use_bias", { true: "bias", false: "no bias" }, { usual: true });
const STRIDE = (high, usual) => number("strides", "stride", "", 1, high, { usual });
const POOL = [number("pool_size", "", "×", 1, 32, { square: true }), PADDING, STRIDE(32, null)];
const FIELDS = {
  Conv2D: [number("filters", "", "filters", 1, 512), number("kernel_size", "", "×", 1, 11, { square: true }), PADDING, ACTIVATION, STRIDE(8, 1), BIAS],
  MaxPooling2D: POOL,
  AveragePooling2D: POOL,
  BatchNormalization: [number("momentum", "momentum", "", 0, 0.999, { step: 0.001 }), choice("scale", { true: "scale", false: "no scale" }, { usual: true })],
  Activation: [choice("function", { gelu: "GELU", silu: "SiLU" })],
  Dropout: [number("rate", "rate", "", 0, 0.95, { step: 0.01 })],
  Dense: [number("units", "", "units", 1, 1024), ACTIVATION, BIAS],
};

// What a setting shows: a pooling without a stride of its own steps by its window.
const shownValue = (layer, field) => layer[field.name] ?? layer.pool_size;

// `channels` is what flows in at that place: a new residual block keeps it.
function fresh(kind, channels) {
  const convolution = (filters) => ({ kind: "Conv2D", filters, kernel_size: 3, strides: 1, padding: "same", activation: "relu", use_bias: true });
  switch (kind) {
    case "Conv2D": return convolution(32);
    case "MaxPooling2D": case "AveragePooling2D": return { kind, pool_size: 2, strides: null, padding: "valid" };
    case "BatchNormalization": return { kind, momentum: 0.9, scale: true };
    case "Activation": return { kind, function: "gelu" };
    case "Dropout": return { kind, rate: 0.25 };
    case "Dense": return { kind, units: 64, activation: "relu", use_bias: true };
    case "Residual": return { kind, layers: [convolution(channels), convolution(channels)] };
    default: return { kind };
  }
}
