// The boxes of dragging.py: moved by pointer, or by arrow keys.
const SVG = "http://www.w3.org/2000/svg", LEAST = 5, STEP = 5;

function element(name, facts) {
  const one = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) one.setAttribute(key, value);
  return one;
}

function shape(view) {
  const { svg, data } = view;
  svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
  svg.setAttribute("aria-label", data.label);
  view.fill.setAttribute("visibility", "hidden");
  const boxes = view.boxes;
  const [left, top] = [0, 1].map((k) => Math.max(...boxes.map((one) => one[k])));
  const [right, bottom] = [2, 3].map((k) => Math.min(...boxes.map((one) => one[k])));
  if (right > left && bottom > top) {
    const facts = { x: left, y: top, width: right - left, height: bottom - top, visibility: "visible" };
    for (const [key, value] of Object.entries(facts)) view.fill.setAttribute(key, value);
  }
  view.groups.forEach((group, k) => {
    const [x1, y1, x2, y2] = boxes[k];
    const [side, corner, text] = group.children;
    for (const [key, value] of Object.entries({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }))
      side.setAttribute(key, value);
    corner.setAttribute("cx", x2);
    corner.setAttribute("cy", y2);
    text.setAttribute("x", x1 + 4);
    text.setAttribute("y", y1 + 11);
    group.setAttribute("aria-valuenow", x1);
    group.setAttribute("aria-valuetext", `${x1}, ${y1}, ${x2}, ${y2}`);
  });
}

function kept([x1, y1, x2, y2], { width, height }) {
  return [x1, y1, x2, y2].every((one) => Number.isFinite(one)) &&
    x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height && x2 - x1 >= LEAST && y2 - y1 >= LEAST;
}

function send(view) {
  view.sent.push(JSON.stringify(view.boxes));
  view.tell("moved", view.boxes);
}

function build(view) {
  const { svg, data } = view;
  view.fill = element("rect", { fill: "#E69F00", "fill-opacity": 0.45 });
  view.groups = data.names.map((name, k) => {
    const group = element("g", {
      tabindex: 0,
      role: "slider",
      "aria-label": name,
      "aria-valuemin": 0,
      "aria-valuemax": data.width,
    });
    const color = data.colors[k];
    const side = element("rect", {
      class: "side", fill: color, "fill-opacity": 0.12, stroke: color, "stroke-width": 2.5,
      "stroke-dasharray": data.dashes[k],
    });
    const corner = element("circle", { class: "corner", r: 6, fill: color });
    const text = element("text", {});
    text.textContent = name;
    group.append(side, corner, text);
    listen(view, group, corner, k);
    return group;
  });
  svg.replaceChildren(view.fill, ...view.groups);
}

function listen(view, group, corner, k) {
  const { svg } = view;
  const place = (event) => {
    const around = svg.getBoundingClientRect();
    return [
      ((event.clientX - around.left) / around.width) * view.data.width,
      ((event.clientY - around.top) / around.height) * view.data.height,
    ];
  };
  let from = null;
  const change = (box) => {
    const whole = box.map(Math.round);
    if (!kept(whole, view.data)) return;
    view.boxes[k] = whole;
    shape(view);
  };
  const moved = ([x1, y1, x2, y2], dx, dy) => {
    const [right, bottom] = [view.data.width - x2, view.data.height - y2];
    const [a, b] = [Math.max(-x1, Math.min(right, dx)), Math.max(-y1, Math.min(bottom, dy))];
    return [x1 + a, y1 + b, x2 + a, y2 + b];
  };
  const sized = ([x1, y1, x2, y2], dx, dy) => [
    x1,
    y1,
    Math.max(x1 + LEAST, Math.min(view.data.width, x2 + dx)),
    Math.max(y1 + LEAST, Math.min(view.data.height, y2 + dy)),
  ];
  group.onpointerdown = (event) => {
    group.setPointerCapture(event.pointerId);
    from = { at: place(event), box: [...view.boxes[k]], how: event.target === corner ? sized : moved };
  };
  group.onpointermove = (event) => {
    if (!from) return;
    const [x, y] = place(event);
    change(from.how(from.box, x - from.at[0], y - from.at[1]));
  };
  group.onpointerup = group.onpointercancel = () => {
    if (from && String(from.box) !== String(view.boxes[k])) send(view);
    from = null;
  };
  group.onkeydown = (event) => {
    const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const before = String(view.boxes[k]);
    change((event.shiftKey ? sized : moved)(view.boxes[k], ...by));
    if (String(view.boxes[k]) !== before) send(view);
  };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const svg = parentElement.querySelector("svg");
  const view = (svg.view ??= { svg, sent: [], given: null });
  view.data = data;
  view.tell = setTriggerValue;
  if (view.names !== String(data.names)) {
    view.names = String(data.names);
    build(view);
  }
  const text = JSON.stringify(data.boxes);
  if (text !== view.given) {
    const echo = view.sent.indexOf(text);
    if (echo >= 0) view.sent.splice(0, echo + 1);
    else {
      view.boxes = data.boxes.map((one) => one.map(Math.round));
      view.sent = [];
    }
    view.given = text;
  }
  parentElement.querySelector("p").textContent = data.hint;
  shape(view);
}
