/* What Streamlit has no word for. It runs anew on each screen; HEADING is that screen's, LANGUAGE
   the code of the language it is read in, OPTIONS what those of its choices are called there. */
{
  const lab = (window.lab ??= {});

  // On the way from another screen the keyboard would be left where the old one was. Until it is
  // used the heading keeps the focus, also where the screen is drawn anew.
  if (lab.heading && lab.heading !== HEADING) lab.arriving = true;
  lab.heading = HEADING;

  const arrive = () => {
    const heading = [...document.querySelectorAll("h1")].find(
      (one) => one.textContent.trim() === lab.heading,
    );
    if (!heading || document.activeElement === heading) return;
    if (document.activeElement?.matches("input, textarea")) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };

  // One change that a person made is one entry of the browser's history, begun by the first address
  // written after it. What a screen writes by itself goes into the entry there is, and so does what
  // follows: on the way to another screen the address of the old one is emptied first. Only what
  // would make it say the same as the entry before, where Back would do nothing, begins another.
  if (!lab.enter) {
    lab.enter = history.pushState;
    const stay = history.replaceState;
    const write = function (state, title, url) {
      const [from, to] = [location.href, new URL(url ?? "", location.href).href];
      const entry = to !== from && (lab.acted || to === lab.behind);
      if (entry) [lab.acted, lab.behind] = [false, from];
      (entry ? lab.enter : stay).call(history, state, title, url);
    };
    history.pushState = history.replaceState = write;
    const silent = ["Tab", "Shift", "Control", "Alt", "Meta"];
    const act = (event) => (lab.acted ||= !silent.includes(event.key));
    for (const kind of ["pointerdown", "click", "keydown"]) document.addEventListener(kind, act, true);
    addEventListener("popstate", () => ([lab.acted, lab.behind] = [false, undefined]), true);
  }

  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes))
      if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };

  // On a telephone a new run's curve comes before the form that started it, and what any screen's
  // main button moves comes into view with it: the chart that stands next below.
  const MAIN = '[data-testid="stBaseButton-primary"]:enabled';
  const PLOT = '.js-plotly-plot, [data-testid="stVegaLiteChart"]';
  const from = (one) =>
    one.getBoundingClientRect().top + (document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0);
  const reveal = () => {
    if (Date.now() > lab.below.until) lab.below = undefined;
    const chart = [...document.querySelectorAll(PLOT)].find(
      (one) => one.offsetHeight && from(one) > lab.below?.top,
    );
    if (!chart) return;
    lab.below = undefined;
    if (matchMedia("(max-width: 640px)").matches)
      if (chart.getBoundingClientRect().bottom > innerHeight) chart.scrollIntoView({ block: "end" });
  };
  const curve = () => document.querySelector('[class*="st-key-train-says-train-curve"]');
  const hear = (event) => {
    lab.arriving = false;
    if (event.type === "click" && event.target.closest(".st-key-train-start button:enabled"))
      lab.before = curve()?.className ?? "";
    else if (event.type === "click" && event.target.closest(MAIN))
      lab.below = { top: from(event.target), until: Date.now() + 10000 };
  };
  if (!lab.hears) for (const kind of ["click", "keydown"]) document.addEventListener(kind, hear, true);
  lab.hears = true;
  const show = () => {
    const now = curve();
    if (!now || now.className === lab.before) return;
    lab.before = undefined;
    if (matchMedia("(max-width: 640px)").matches)
      now.closest('[data-testid="stColumn"]').scrollIntoView();
  };

  const SCROLL = '[data-testid="stVerticalBlock"], main pre, .katex-display';
  const tidy = () => {
    if (lab.arriving) arrive();
    if (lab.before !== undefined) show();
    if (lab.below) reveal();
    // What changes by itself is said aloud; Streamlit does so for errors, warnings and notes.
    for (const box of document.querySelectorAll('[class*="-stands"], [data-testid="stSpinner"]'))
      set(box, { role: "status" });
    // A box that scrolls can be reached, and then moved with the arrow keys.
    for (const box of document.querySelectorAll(SCROLL))
      if (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
        if (/auto|scroll/.test(getComputedStyle(box).overflow))
          set(box, { tabindex: "0", role: "group", "aria-label": "Scrolls" });
    // A list of screens that is folded away is none for the keyboard either.
    for (const list of document.querySelectorAll('[data-testid="stSidebar"]'))
      list.inert = list.getAttribute("aria-expanded") === "false";
    // The button of a lesson's question is gone once it was pressed: on to what took its place.
    const lesson = document.querySelector(LESSON);
    if (lesson && lab.asked && !lab.asked.isConnected && document.activeElement === document.body) {
      lesson.tabIndex = -1;
      lesson.focus({ preventScroll: true });
    }
  };
  const LESSON = ".st-key-lesson-panel";
  if (!lab.asks)
    document.addEventListener("focusin", ({ target }) => {
      lab.asked = target.closest(LESSON) ? target : null;
    });
  lab.asks = true;

  document.documentElement.lang = LANGUAGE;
  // Numbers and dates that Streamlit writes itself follow the language, and not the browser.
  const theirs = (lab.theirs ??= [...navigator.languages]);
  const own = theirs.filter((one) => one.startsWith(`${LANGUAGE}-`));
  const languages = [...own, LANGUAGE, ...theirs];
  Object.defineProperty(navigator, "languages", { value: languages, configurable: true });

  // Streamlit answers with the words of an option, so these stay what they are, and are shown in
  // the language: the text of each is changed in place, before it is painted.
  const CHOICES =
    '[role=option], [data-testid="stSelectbox"] [data-baseweb=select], [data-tag] > span, ' +
    '[data-testid="stButtonGroup"] button, [data-testid="stRadio"] label';
  const CHOSEN = '[data-testid="stSelectbox"] input';
  const SLID = '[data-testid="stSliderThumbValue"] p, [data-testid="stSliderTickBar"] p';
  const POINT = (0.5).toLocaleString(LANGUAGE)[1];
  lab.said ??= new WeakMap(); // text or field -> what it was, what it is
  const translate = (root) => {
    for (const choice of root.querySelectorAll?.(CHOICES) ?? []) {
      const texts = document.createTreeWalker(choice, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = texts.currentNode;
        const [was, is] = lab.said.get(text) ?? [];
        const english = text.nodeValue === is ? was : text.nodeValue;
        const [, number, rest] = english.match(/^(\d+ )(.+)$/) ?? []; // a step and its number
        const step = OPTIONS[rest] && number + OPTIONS[rest];
        const said = lab.composed?.[english] ?? OPTIONS[english] ?? step ?? english;
        if (said !== text.nodeValue) text.nodeValue = said;
        lab.said.set(text, [english, said]);
      }
    }
    // What a slider says is nobody's but to be read, too: its number in the language's way.
    for (const thumb of root.querySelectorAll?.(SLID) ?? []) {
      const text = thumb.firstChild;
      const [was, is] = lab.said.get(text) ?? [];
      const english = text?.nodeValue === is ? was : text?.nodeValue;
      if (!english || POINT === ".") continue;
      const said = english.replace(/[.,]/g, (sign) => (sign === "." ? POINT : "."));
      if (said !== text.nodeValue) text.nodeValue = said;
      lab.said.set(text, [english, said]);
    }
    // What a closed list has chosen stands in a field, whose value is nobody's but to be seen: an
    // open one is typed into.
    for (const field of root.querySelectorAll?.(CHOSEN) ?? []) {
      if (field.getAttribute("aria-expanded") === "true") continue;
      const [was, is] = lab.said.get(field) ?? [];
      const english = field.value === is ? was : field.value;
      const said = lab.composed?.[english] ?? OPTIONS[english] ?? english;
      if (said !== field.value) {
        field.value = said;
        // Drawn once more, it is set back, of which no observer is told.
        clearTimeout(lab.again);
        lab.again = setTimeout(() => translate(document), 300);
      }
      lab.said.set(field, [english, said]);
    }
  };
  lab.speak?.disconnect();
  if (Object.keys(OPTIONS).length) {
    lab.speak = new MutationObserver((_, own) => {
      translate(document);
      own.takeRecords(); // what it changed itself is nothing to change again
    });
    lab.speak.observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
      attributeFilter: ["aria-expanded", "value"],
    });
  }
  document.removeEventListener("focusout", lab.left);
  lab.left = () => setTimeout(() => translate(document)); // a field that is left is set back
  document.addEventListener("focusout", lab.left);
  translate(document);

  lab.watch?.disconnect();
  let soon = null;
  lab.watch = new MutationObserver(() => {
    soon ??= setTimeout(() => {
      soon = null;
      tidy();
    }, 200);
  });
  lab.watch.observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ["aria-expanded"],
  });
  tidy();
}
