/* The kernel stage: input, kernel and output side by side, and the sum behind one output pixel.

   One Stage lives as long as its element; Streamlit calls the default export again with new data on every rerun.
   Everything moves in the browser; what the visitor settles on is sent to Python once the hands rest. */

const COLOURS = [
  ["red", "Red (0)"], ["green", "Green (1)"], ["blue", "Blue (2)"], ["grey", "Grey"],
  ["each", "R, G, B alike"], ["filter", "3-channel filter"],
];
const DISPLAYS = [["clamp", "0 to 1"], ["signed", "Signed"], ["absolute", "Absolute value"], ["auto", "Automatic"]];
const PADDINGS = [["same", "Same"], ["none", "None"], ["custom", "Custom"]];
const BORDERS = [["zero", "Zero"], ["reflect", "Reflect"], ["wrap", "Wrap"], ["edge", "Edge"]];
const SLIDES = [["true", "Convolution"], ["false", "Cross-correlation"]];
const CHANNELS = ["red", "green", "blue"];
const SIZES = [1, 2, 3, 5, 7];
const REST_MS = 50; // after an edit
const REST_AFTER_MOVE_MS = 350; // after the window moved
const LOUPE_BELOW = 3; // CSS pixels per picture pixel
const UNDO_STEPS = 100;
const COALESCE_MS = 600; // edits closer together than this are undone together

const MATHS = arithmetic();

class Stage {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.stage = this.find(".stage");
    this.text = (name, content) => {
      const element = this.find(`[data-text="${name}"]`);
      if (element.textContent !== content) element.textContent = content;
    };
    this.state = null;
    this.image = null;
    this.response = null;
    this.channel = 0;
    this.undos = [];
    this.computer = new Computer(MATHS, (response, skip) => this.receive(response, skip));
    this.editor = new Editor(
      this.find("[data-cells]"), MATHS.LARGEST_NUMBER,
      (kernel, finished) => this.change({ kernels: this.withKernel(kernel) }, { finished, gesture: "weight" }),
      (sentence) => this.say(sentence),
    );
    this.sums = new Sums(this.find);
    this.marker = this.find("[data-marker]");
    this.pictures = {};
    for (const name of ["input", "output"]) this.pictures[name] = this.movable(name);
    this.controls();
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.stage);
    this.fitting = () => this.fit();
    window.addEventListener("resize", this.fitting);
    this.stage.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
        event.preventDefault();
        this.undo();
      }
    });
  }

  /* ---- what Python says ---- */

  update(data, send) {
    this.send = send;
    this.defaults = data.defaults;
    const fresh = this.image?.id !== data.image.id;
    const before = fresh && this.image ? [this.image.height, this.image.width] : null;
    if (fresh) this.load(data.image);
    if (this.revision !== data.revision) {
      if (this.state) this.remember(this.state);
      this.revision = data.revision;
      this.state = this.placed({ ...data.state });
      this.channel = 0;
      this.sent = readAddress();
      this.say("");
    } else if (before) {
      const { row, column } = this.state; // the window stays at the same place in the new picture, relative to its size
      const [down, across] = [data.image.height / before[0], data.image.width / before[1]];
      this.state = this.placed({ ...this.state, row: Math.floor(row * down), column: Math.floor(column * across) });
    }
    this.readTheme();
    this.stop();
    this.fit();
    this.refresh();
    this.settle(REST_MS);
  }

  load(image) {
    const bytes = Uint8Array.from(atob(image.pixels), (letter) => letter.charCodeAt(0));
    this.image = { ...image, pixels: bytes };
    this.planeCache = {};
  }

  /* The state with its position inside the output, and with padding where the kernel would not fit otherwise. */
  placed(state) {
    const next = state.padding !== "same" && this.unfit(state) ? { ...state, padding: "same" } : { ...state };
    const [height, width] = this.outputSize(next);
    next.row = Math.max(0, Math.min(height - 1, next.row));
    next.column = Math.max(0, Math.min(width - 1, next.column));
    return next;
  }

  outputSize(state) {
    const taps = Math.round(Math.sqrt(state.kernels[0].length));
    return [this.image.height, this.image.width].map((size) => MATHS.outputSize(size, taps, state));
  }

  unfit(state) {
    const [height, width] = this.outputSize(state);
    if (height > 0 && width > 0) return "";
    const taps = Math.round(Math.sqrt(state.kernels[0].length));
    const small = Math.min(this.image.height, this.image.width);
    const [before, after] = MATHS.pads(small, taps, state);
    return `Expected a kernel that fits into ${small + before + after} pixels. Received one that spans ` +
      `${MATHS.span(taps, state)} (${taps} weights, dilation ${state.dilation}). ` +
      "Choose a smaller kernel, less dilation or more padding.";
  }

  get taps() {
    return Math.round(Math.sqrt(this.state.kernels[0].length));
  }

  get isFilter() {
    return this.state.colour === "filter";
  }

  get kernel() {
    return this.state.kernels[this.isFilter ? this.channel : 0];
  }

  get planes() {
    const { pixels, height, width, channels, unit } = this.image;
    this.planeCache[this.state.colour] ??= MATHS.planesOf(pixels, height, width, channels, unit, this.state.colour);
    return this.planeCache[this.state.colour];
  }

  withKernel(kernel) {
    return this.state.kernels.map((old, at) => (at === (this.isFilter ? this.channel : 0) ? Array.from(kernel) : old));
  }

  /* ---- what the visitor does ---- */

  /* Take over a change, or say why not and keep the last good state. */
  change(patch, { finished = true, gesture = "" } = {}) {
    const next = { ...this.state, ...patch };
    const complaint = this.unfit(next);
    if (complaint) {
      this.say(complaint);
      this.refreshControls();
      return;
    }
    this.before ??= this.state;
    if (finished) {
      this.remember(this.before, gesture);
      this.before = null;
    }
    this.state = this.placed(next);
    this.say("");
    this.stop();
    this.refresh();
    if (finished) this.settle(REST_MS);
  }

  remember(state, gesture = "") {
    const now = performance.now();
    const together = gesture && gesture === this.lastGesture && now - this.lastChange < COALESCE_MS;
    this.lastGesture = gesture;
    this.lastChange = now;
    if (!together) this.undos = [...this.undos.slice(-UNDO_STEPS), state];
  }

  undo() {
    const state = this.undos.pop();
    if (!state) return;
    this.lastGesture = "";
    this.editor.typing = null;
    this.state = this.placed(this.unfit(state) ? { ...state, padding: "same" } : state);
    this.say("");
    this.refresh();
    this.settle(REST_MS);
  }

  setColour(colour) {
    const { kernels } = this.state;
    if (colour === "filter" && kernels.length === 1) {
      this.change({ colour, kernels: [0, 1, 2].map(() => kernels[0].slice()) });
    } else {
      this.change({ colour, kernels: colour === "filter" ? kernels : [kernels[Math.min(this.channel, kernels.length - 1)]] });
    }
  }

  setSize(size) {
    const resized = this.state.kernels.map((kernel) => {
      const weights = nameOf(kernel)?.weights[size];
      return weights ? weights.slice() : MATHS.resize(kernel, size);
    });
    this.change({ kernels: resized });
  }

  setName(name) {
    const named = NAMED_KERNELS.find((entry) => entry.name === name);
    if (!named) return;
    const sizes = Object.keys(named.weights).map(Number);
    const size = sizes.includes(this.taps) ? this.taps : sizes.includes(3) ? 3 : sizes[0];
    const kernels = this.state.kernels.map((kernel) => (size === this.taps ? kernel : MATHS.resize(kernel, size)));
    kernels[this.isFilter ? this.channel : 0] = named.weights[size].slice();
    this.change({ kernels });
  }

  move(row, column) {
    const next = this.placed({ ...this.state, row, column });
    if (next.row === this.state.row && next.column === this.state.column) return;
    this.state = next;
    this.draw();
  }

  play() {
    const [height, width] = this.outputSize(this.state);
    const last = height * width - 1;
    let at = this.state.row * width + this.state.column;
    if (at >= last) at = 0;
    this.playing = { at, from: at };
    this.find('[data-action="play"]').setAttribute("aria-pressed", "true");
    const topSpeed = Math.max(8, last / 6); // output pixels per second
    let speed = 3;
    let before = null;
    const tick = (now) => {
      if (!this.playing) return;
      const elapsed = before === null ? 0 : Math.min(0.1, (now - before) / 1000);
      before = now;
      speed = Math.min(topSpeed, speed * 2 ** (elapsed / 0.9)); // slow enough to read at first, then faster
      this.playing.at = Math.min(last, this.playing.at + elapsed * speed);
      const whole = Math.floor(this.playing.at);
      this.state = { ...this.state, row: Math.floor(whole / width), column: whole % width };
      this.draw();
      if (whole >= last) this.stop();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  stop() {
    if (!this.playing) return;
    this.playing = null;
    this.find('[data-action="play"]').setAttribute("aria-pressed", "false");
    this.draw();
    this.settle(REST_AFTER_MOVE_MS);
  }

  movable(name) {
    const target = (x, y) => {
      if (name === "output") return [Math.floor(y), Math.floor(x)];
      const half = MATHS.span(this.taps, this.state) / 2;
      return [y, x].map((at) => Math.round((at - half) / this.state.stride));
    };
    return new Picture(this.find(`[data-picture="${name}"]`), {
      onPoint: (x, y, event) => {
        if (this.playing || (this.pinned && !event.buttons)) return;
        this.hovering = true;
        this.move(...target(x, y));
      },
      onPress: (x, y, event) => {
        if (this.playing) return this.stop();
        this.pinned = event.pointerType === "mouse" ? !this.pinned : false;
        this.stage.classList.toggle("pinned", this.pinned);
        this.move(...target(x, y));
        this.draw();
        this.settle(REST_AFTER_MOVE_MS);
      },
      onLeave: () => {
        if (this.hovering) this.settle(REST_AFTER_MOVE_MS);
        this.hovering = false;
      },
      onKey: (event) => this.steer(event),
    });
  }

  steer(event) {
    const far = event.shiftKey ? 5 : 1;
    const { row, column } = this.state;
    const moves = {
      ArrowUp: [row - far, column], ArrowDown: [row + far, column], ArrowLeft: [row, column - far], ArrowRight: [row, column + far],
      Home: [row, 0], End: [row, Infinity], PageUp: [row - 5, column], PageDown: [row + 5, column],
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      event.preventDefault();
      if (this.playing) this.stop();
      const [height, width] = this.outputSize(this.state);
      const [nextRow, nextColumn] = moves[event.key];
      this.move(Math.min(nextRow, height - 1), Math.min(nextColumn, width - 1));
      this.settle(REST_AFTER_MOVE_MS);
    } else if (event.key === " ") {
      event.preventDefault();
      if (this.playing) this.stop();
      else this.play();
    }
  }

  /* Send the state to Python once nothing has changed for a moment. */
  settle(rest) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const text = addressText(this.state, this.defaults);
      if (text === this.sent) return;
      this.sent = text;
      writeAddress(text);
      this.send("settled", { revision: this.revision, text });
    }, rest);
  }

  say(sentence) {
    this.text("message", sentence);
  }

  /* ---- controls ---- */

  controls() {
    const options = {
      colour: COLOURS, display: DISPLAYS, padding: PADDINGS, border: BORDERS, flip: SLIDES,
      stride: [1, 2, 3, 4].map((n) => [n, n]), dilation: [1, 2, 3, 4].map((n) => [n, n]),
      size: SIZES.map((n) => [n, `${n} × ${n}`]),
    };
    this.control = {};
    for (const element of this.root.querySelectorAll("[data-control]")) this.control[element.dataset.control] = element;
    for (const [name, entries] of Object.entries(options)) {
      this.control[name].replaceChildren(...entries.map(([value, label]) => new Option(label, value)));
    }
    const families = new Map();
    for (const { family, name, title } of NAMED_KERNELS) {
      if (!families.has(family)) families.set(family, Object.assign(document.createElement("optgroup"), { label: family }));
      families.get(family).append(new Option(title, name));
    }
    this.control.name.replaceChildren(new Option("Your own kernel", ""), ...families.values());

    const on = (name, act, type = "change") => this.control[name].addEventListener(type, () => act(this.control[name]));
    on("colour", (field) => this.setColour(field.value));
    on("size", (field) => this.setSize(Number(field.value)));
    on("name", (field) => this.setName(field.value));
    on("flip", (field) => {
      this.change({ flip: field.value === "true" });
      this.turnAnimation();
    });
    on("relu", (field) => this.change({ relu: field.checked }));
    for (const name of ["display", "padding", "border"]) on(name, (field) => this.change({ [name]: field.value }));
    for (const name of ["stride", "dilation"]) on(name, (field) => this.change({ [name]: Number(field.value) }));
    on("custom", (field) => this.setNumber(field, "custom", "padding", 12), "input");
    on("bias", (field) => this.setNumber(field, "bias", "bias", MATHS.LARGEST_NUMBER), "input");
    for (const name of ["custom", "bias"]) on(name, () => this.refreshControls(), "blur");
    on("seed", () => this.act("random"), "input");
    this.stage.addEventListener("click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action) this.act(action);
      const tab = event.target.closest("[data-channel]");
      if (tab) this.choose(Number(tab.dataset.channel));
    });
  }

  setNumber(field, name, what, limit) {
    const text = field.value;
    if (field.type === "text" && /^\s*[+−-]?\s*[.,]?\s*$|\/\s*$|e[+-]?$/i.test(text)) return this.say("");
    const value = parseNumber(text);
    const whole = name !== "custom" || (Number.isInteger(value) && value >= 0);
    const complaint = whole ? complaintAbout(text, value, what, limit)
      : `Expected a whole number from 0 to ${limit}. Received “${text.slice(0, 24)}”. The last good value stays.`;
    field.toggleAttribute("aria-invalid", false);
    if (complaint) {
      field.setAttribute("aria-invalid", "true");
      this.say(complaint);
    } else if (value !== this.state[name]) this.change({ [name]: value }, { gesture: name });
    else this.say("");
  }

  act(action) {
    const seed = Number(this.control.seed.value);
    if (action === "play") return this.playing ? this.stop() : this.play();
    if (action === "undo") return this.undo();
    if (action !== "random") return this.change({ kernels: this.withKernel(MATHS[action](this.kernel)) });
    if (!Number.isInteger(seed) || seed < 0 || seed > 999999) {
      return this.say("Expected a whole number from 0 to 999,999 as seed. Received something else. The kernel stays.");
    }
    this.change({ kernels: this.withKernel(MATHS.random(this.taps, seed)) }, { gesture: "seed" });
  }

  choose(channel) {
    this.channel = channel;
    this.refreshControls();
    this.draw();
  }

  turnAnimation() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const from = this.state.flip ? -180 : 180;
    this.find('[data-grid="weights"]').animate(
      [{ transform: `rotate(${from}deg)` }, { transform: "rotate(0deg)" }], { duration: 450, easing: "ease-in-out" },
    );
  }

  /* ---- what is shown ---- */

  refresh() {
    this.refreshControls();
    const { height, width } = this.image;
    const { kernels, colour } = this.state;
    this.paintInput();
    const options = { ...this.state, kernels: undefined };
    this.computer.compute(this.planes, { height, width, kernels, taps: this.taps, colour, options });
  }

  refreshControls() {
    const { state, control } = this;
    const own = this.root.getRootNode().activeElement;
    for (const name of ["colour", "display", "padding", "border", "stride", "dilation"]) control[name].value = state[name];
    control.flip.value = String(state.flip);
    control.relu.checked = state.relu;
    for (const name of ["bias", "custom"]) {
      if (control[name] === own && !control[name].hasAttribute("aria-invalid")) continue;
      if (control[name] === own) continue;
      control[name].value = state[name];
      control[name].removeAttribute("aria-invalid");
    }
    control.custom.hidden = state.padding !== "custom";
    const unpadded = state.padding === "none" || (state.padding === "custom" && state.custom === 0);
    control.border.disabled = unpadded;
    control.border.title = unpadded ? "Without padding there is no border to fill" : "What the added pixels hold";
    control.colour.disabled = this.image.channels === 1;
    for (const option of control.size.options) option.disabled = Boolean(this.unfit(this.sized(Number(option.value))));
    control.size.value = this.taps;
    const named = nameOf(this.kernel);
    control.name.value = named?.name ?? "";
    this.text("about", named ? named.sentence : "Weights of your own.");
    this.text("source", named ? `Source: ${named.source}.` : "");
    this.text("meaning", brightnessMeaning(MATHS.total(this.kernel)));
    this.find('[data-action="undo"]').disabled = this.undos.length === 0;
    this.editor.show(this.kernel);
    this.tabs();
  }

  sized(size) {
    return { ...this.state, kernels: [new Array(size * size).fill(0)] };
  }

  tabs() {
    const tabs = this.find('[data-tabs="channel"]');
    tabs.hidden = this.planes.length < 3;
    if (!tabs.children.length) {
      tabs.append(...CHANNELS.map((name, at) => {
        const tab = Object.assign(document.createElement("button"), { type: "button", textContent: name });
        tab.dataset.channel = at;
        return tab;
      }));
    }
    if (this.planes.length < 3) this.channel = 0;
    [...tabs.children].forEach((tab, at) => tab.setAttribute("aria-pressed", String(at === this.channel)));
    tabs.title = this.isFilter ? "Each channel has a kernel of its own" : "One kernel for all; the numbers below are of this channel";
  }

  paintInput() {
    const { height, width, high, title } = this.image;
    const { colour: mode, padding, custom, stride, dilation, border } = this.state;
    const seen = [this.image.id, mode, this.taps, padding, custom, stride, dilation, border].join();
    if (seen === this.painted) return; // weights alone do not change the input
    this.painted = seen;
    const padded = this.planes.map((plane) => MATHS.pad(plane, height, width, this.taps, this.state));
    this.padded = padded[0];
    const scale = scaleFor("auto", 0, high);
    this.pictures.input.show(paint(padded.map((map) => map.values), this.padded.height, this.padded.width, scale));
    this.text("input-size", `${height} × ${width}`);
    const colour = COLOURS.find(([name]) => name === mode)[1];
    this.pictures.input.frame.setAttribute("aria-label",
      `Input: ${title}, ${height} by ${width} pixels, ${this.image.channels === 1 ? "one channel" : colour}. ` +
      "Arrow keys move the window, space plays.");
    this.pictures.input.frame.title = title;
  }

  receive(response, skip) {
    const { state } = this;
    const [height, width] = this.outputSize(state);
    this.response = { ...response, skip, low: response.range[0], high: response.range[1] };
    this.scale = scaleFor(state.display, this.response.low, this.response.high);
    const image = paint(response.results, response.height, response.width, this.scale);
    this.pictures.output.show(image, width, height);
    this.counts = MATHS.histogram(response.results, this.response.low, this.response.high, BINS);
    const range = `min ${brief(this.response.low, 4)}   max ${brief(this.response.high, 4)}`;
    this.text("output-size", `${height} × ${width}`);
    this.text("range", skip > 1 ? `${range}   (preview)` : `${range}`);
    this.stage.dataset.preview = skip > 1;
    const formula = `${MATHS.outputFormula(this.image.height, this.taps, state)}, counted ${height}`;
    const refused = state.stride > 1 && state.dilation > 1;
    this.text("formula", refused ? `${formula}. Keras refuses stride with dilation.` : formula);
    this.pictures.output.frame.setAttribute("aria-label",
      `Output: ${height} by ${width} pixels, smallest ${brief(this.response.low, 4)}, largest ${brief(this.response.high, 4)}. ` +
      "Arrow keys move the marked pixel, space plays.");
    const histogram = this.find("[data-histogram]");
    histogram.setAttribute("aria-label", `Histogram of the responses from ${brief(this.response.low)} to ${brief(this.response.high)}`);
    this.paintHistogram();
    this.paintPartials();
    this.draw();
  }

  /* Three channels: their partial maps, and for a filter the one map they add up to. */
  paintPartials() {
    const root = this.find("[data-partials]");
    root.hidden = this.planes.length < 3;
    if (root.hidden) return;
    if (!this.partials) {
      this.partials = [...CHANNELS, "sum"].map((name, at) => {
        const sign = root.appendChild(Object.assign(document.createElement("span"), { className: "sign", textContent: "+" }));
        const figure = root.appendChild(document.createElement("figure"));
        const frame = figure.appendChild(Object.assign(document.createElement("div"), { className: "frame" }));
        frame.setAttribute("role", "img");
        if (at < 3) figure.dataset.channel = at;
        const caption = figure.appendChild(document.createElement("figcaption"));
        return { sign, figure, caption, picture: new Picture(frame), name };
      });
      this.partials[3].sign.textContent = "=";
    }
    const { maps, results, height, width } = this.response;
    const shown = this.isFilter ? [...maps, results[0]] : maps;
    const [low, high] = MATHS.extremes(shown);
    const scale = scaleFor("signed", low, high);
    const [outHeight, outWidth] = this.outputSize(this.state);
    this.partials.forEach((part, at) => {
      part.figure.hidden = at >= shown.length;
      part.sign.hidden = at === 0 || at >= shown.length;
      if (at >= shown.length) return;
      part.sign.style.visibility = this.isFilter ? "visible" : "hidden";
      part.picture.show(paint([shown[at]], height, width, scale), outWidth, outHeight);
      part.picture.fit(this.partialRoom, true);
      const [least, most] = MATHS.extremes([shown[at]]);
      const name = at < 3 ? (this.isFilter ? `${part.name}: its own kernel` : part.name) : "their sum, bias and ReLU: the feature map";
      part.caption.textContent = `${name}. min ${brief(least)}, max ${brief(most)}`;
      part.picture.frame.setAttribute("aria-label", part.caption.textContent);
    });
  }

  fit() {
    const width = this.stage.clientWidth;
    if (!width || !this.image) return;
    const narrow = width < 720;
    this.stage.classList.toggle("narrow", narrow);
    const free = narrow ? (width - 12) / 2 : Math.min((width - 2 * 28 - 272) / 2, Math.max(240, window.innerHeight - 448), 520);
    const room = Math.floor(free);
    this.room = room;
    this.stage.style.setProperty("--room", `${room}px`);
    this.stage.style.setProperty("--easel", `${Math.ceil(room * Math.min(1, this.image.height / this.image.width))}px`);
    this.partialRoom = Math.floor(Math.min(room, (width - (narrow ? 12 : 120)) / (narrow ? 2 : 4), 220));
    this.stage.style.setProperty("--partial", `${this.partialRoom}px`);
    for (const picture of Object.values(this.pictures)) picture.fit(room);
    if (this.partials) for (const { picture } of this.partials) picture.fit(this.partialRoom);
    if (this.response) this.paintHistogram();
    this.draw();
  }

  /* One drawing per frame, however often the pointer moves. */
  draw() {
    if (this.drawing || !this.state) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      if (!this.response || !this.stage.isConnected) return;
      this.drawWindow();
      this.drawOutput();
      this.drawSums();
    });
  }

  /* Streamlit's colours, read once per update: asking for them in every frame would cost a layout. */
  readTheme() {
    const style = getComputedStyle(this.stage);
    this.accent = style.getPropertyValue("--st-primary-color").trim() || "#0f6e66";
    this.paper = style.getPropertyValue("--st-background-color").trim() || "#fff";
    this.ink = style.color;
  }

  paintHistogram() {
    const { low, high } = this.response;
    drawHistogram(this.find("[data-histogram]"), this.room, this.counts, low, high, this.scale, this.ink);
  }

  drawWindow() {
    const { input } = this.pictures;
    const { row, column, stride, dilation } = this.state;
    const { height, width } = this.image;
    const { top, left } = this.padded;
    const context = input.begin();
    const pitch = input.pitch;
    if (input.width > width || input.height > height) {
      context.fillStyle = this.paper;
      context.globalAlpha = 0.62; // the border is not part of the picture
      context.beginPath();
      context.rect(0, 0, input.width * pitch, input.height * pitch);
      context.rect(left * pitch, top * pitch, width * pitch, height * pitch);
      context.fill("evenodd");
      context.globalAlpha = 1;
    }
    if (this.planes.length === 1) {
      input.numbers(context, this.padded.values, (value) => inkOn(greyOf(value / (this.image.high || 1))));
    }
    const span = MATHS.span(this.taps, this.state);
    const [y, x] = [row * stride, column * stride];
    if (span * pitch < 14) input.crosshair(context, x + span / 2, y + span / 2, this.accent);
    const middle = [x + span / 2, y + span / 2];
    if (dilation > 1 && this.taps > 1) {
      context.fillStyle = this.accent;
      context.globalAlpha = 0.6;
      for (let i = 0; i < this.taps; i++) {
        for (let j = 0; j < this.taps; j++) {
          context.fillRect((x + j * dilation) * pitch, (y + i * dilation) * pitch, pitch, pitch);
        }
      }
      context.globalAlpha = 1;
    }
    input.outline(context, x, y, span, span, this.accent, this.pinned ? 3 : 2);
    if (pitch < LOUPE_BELOW) input.loupe(context, ...middle, span, this.accent);
  }

  drawOutput() {
    const { output } = this.pictures;
    const { row, column } = this.state;
    const context = output.begin();
    if (this.playing) {
      context.fillStyle = this.paper;
      context.globalAlpha = 0.85; // what is still to come
      const { pitch, width, height } = output;
      context.fillRect((column + 1) * pitch, row * pitch, (width - column - 1) * pitch, pitch);
      context.fillRect(0, (row + 1) * pitch, width * pitch, (height - row - 1) * pitch);
      context.globalAlpha = 1;
    }
    if (this.response.results.length === 1 && this.response.skip === 1 && !this.playing) {
      output.numbers(context, this.response.results[0], (value) => inkOn(this.scale.colour(value)));
    }
    if (output.pitch < 4) output.crosshair(context, column + 0.5, row + 0.5, this.accent);
    output.outline(context, column, row, 1, 1, this.accent, this.pinned ? 3 : 2);
    if (output.pitch < LOUPE_BELOW && this.response.skip === 1) output.loupe(context, column + 0.5, row + 0.5, 1, this.accent);
    if (this.partials && this.planes.length === 3) {
      for (const { picture, figure } of this.partials) {
        if (!figure.hidden) picture.outline(picture.begin(), column, row, 1, 1, this.accent, 2);
      }
    }
  }

  drawSums() {
    const { state } = this;
    const { height, width, high } = this.image;
    const parts = this.planes.map((plane, c) =>
      MATHS.terms(plane, height, width, state.kernels[state.kernels.length > 1 ? c : 0], this.taps, state, state.row, state.column));
    const shown = Math.min(this.channel, parts.length - 1);
    const chosen = this.isFilter ? parts : [parts[shown]];
    const result = MATHS.finish(chosen.reduce((sum, part) => sum + part.sum, 0), state);
    this.sums.show({ parts, shown, added: this.isFilter, bias: state.bias, relu: state.relu, result, span: [0, high] });
    const channel = parts.length === 3 ? `, ${CHANNELS[shown]}` : "";
    this.text("patch-caption", `patch at row ${state.row}, column ${state.column}${channel}${this.pinned ? ", held" : ""}`);
    const same = this.kernel.every((weight, at) => weight === this.kernel[this.kernel.length - 1 - at]);
    const turned = same ? "turned by 180°: looks the same" : "kernel, turned by 180°";
    this.text("weights-caption", state.flip ? turned : "kernel, as written");
    const { low, high: most } = this.response;
    const place = histogramPlace(result, low, most, this.room);
    this.marker.style.transform = `translateX(${place.toFixed(1)}px)`;
    clearTimeout(this.speaking);
    if (this.playing) return;
    this.speaking = setTimeout(() => this.text("live",
      `Output row ${state.row}, column ${state.column}: ${brief(result, 4)}. ` +
      `${chosen[0].products.length * chosen.length} products add up to ${brief(chosen.reduce((sum, part) => sum + part.sum, 0), 4)}, ` +
      `bias ${brief(state.bias)}.`), 400);
  }

  dispose() {
    clearTimeout(this.resting);
    clearTimeout(this.speaking);
    cancelAnimationFrame(this.drawing);
    this.playing = null;
    this.observer.disconnect();
    window.removeEventListener("resize", this.fitting);
    this.computer.dispose();
  }
}

/* The named kernel with exactly these weights, if there is one. */
function nameOf(kernel) {
  const size = Math.round(Math.sqrt(kernel.length));
  return NAMED_KERNELS.find(({ weights }) => weights[size]?.every((weight, at) => weight === kernel[at]));
}

/* What a kernel's sum does to the brightness of an even area. */
function brightnessMeaning(total) {
  const shown = String(Number(total.toPrecision(4))).replace("-", "−");
  if (Math.abs(total - 1) < 1e-6) return "Sum 1: an even area keeps its brightness.";
  if (Math.abs(total) < 1e-6) return "Sum 0: an even area becomes zero; only changes are left.";
  if (total < 0) return `Sum ${shown}: an even area becomes negative.`;
  return `Sum ${shown}: an even area gets ${shown} times as bright.`;
}

const STAGES = new WeakMap();

export default function ({ data, setStateValue, parentElement }) {
  if (!STAGES.has(parentElement)) STAGES.set(parentElement, new Stage(parentElement));
  STAGES.get(parentElement).update(data, setStateValue);
  return () => {
    STAGES.get(parentElement)?.dispose();
    STAGES.delete(parentElement);
  };
}
