// What pages do better with a script than without: marks and records light each other up, files can be dropped, a form
// tells that it works. Everything here has a way without it.
"use strict";

(function () {
  const keysOf = (mark) => (mark.dataset.keys || "").split(" ").filter(Boolean);

  function light(sheet, keys, chosen) {
    for (const mark of sheet.querySelectorAll(".m.lit")) mark.classList.remove("lit");
    for (const card of sheet.querySelectorAll(".card.lit")) card.classList.remove("lit");
    for (const mark of sheet.querySelectorAll(".m[data-keys]")) {
      if (keysOf(mark).includes(chosen)) mark.classList.add("lit");
    }
    for (const key of keys) {
      const card = document.getElementById(key);
      if (card) card.classList.add("lit");
    }
  }

  // a click on words shows their records; a second click on the same words goes on to the next of them
  let last = { mark: null, at: 0 };
  document.addEventListener("click", (event) => {
    const sheet = event.target.closest("[data-sheet]");
    if (!sheet) return;
    const mark = event.target.closest(".m");
    const pin = event.target.closest(".pin a");
    const number = event.target.closest(".card .number");
    if (mark) {
      const keys = keysOf(mark);
      const at = last.mark === mark ? (last.at + 1) % keys.length : 0;
      last = { mark, at };
      event.preventDefault();
      light(sheet, keys, keys[at]);
      show(keys[at]);
    } else if (pin) {
      const key = pin.hash.slice(1);
      event.preventDefault();
      light(sheet, [key], key);
      show(key);
    } else if (number) {
      const key = number.closest(".card").id;
      light(sheet, [key], key);
    }
  });

  function show(key) {
    const card = document.getElementById(key);
    if (!card) return;
    history.replaceState(null, "", "#" + key);
    card.scrollIntoView({ block: "nearest" });
    card.focus({ preventScroll: true });
  }

  function arrive() {
    const key = decodeURIComponent(location.hash.slice(1));
    const card = key && document.getElementById(key);
    const sheet = card && card.closest("[data-sheet]");
    if (!sheet || !card.classList.contains("card")) return;
    light(sheet, [key], key);
    const spot = document.getElementById(key + "-in");
    if (spot && getComputedStyle(sheet).display === "grid") {
      spot.scrollIntoView({ block: "center", behavior: "instant" });
      const panel = card.closest(".found");
      if (panel) panel.scrollTop = Math.max(0, card.offsetTop - panel.offsetTop - 16);
    }
  }
  window.addEventListener("hashchange", arrive);
  arrive();

  // a card that was judged has a new form, and keeps the place of the old one
  document.addEventListener("htmx:afterSwap", (event) => {
    const card = event.detail.elt && event.detail.elt.closest && event.detail.elt.closest(".card");
    if (card) card.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // a page that says what was wrong is shown as any other page
    if (event.detail.xhr.status >= 400) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.selectOverride = "main";
      event.detail.target = document.getElementById("content");
    } else if (event.detail.target.id === "result" && !event.detail.xhr.responseText.includes('id="result"')) {
      event.detail.shouldSwap = false; // it led to a page of another kind
      location.assign(event.detail.xhr.responseURL);
    }
  });

  // long lists of names come when somebody begins to write one
  document.addEventListener("focusin", (event) => {
    const list = event.target.list;
    if (!list || !list.dataset.from || list.dataset.had) return;
    list.dataset.had = "1";
    fetch(list.dataset.from).then((answer) => (answer.ok ? answer.text() : "")).then((options) => {
      list.replaceChildren(...new DOMParser().parseFromString(options, "text/html").querySelectorAll("option"));
    });
  });

  // a chart to look into: its script is large, so it comes when somebody asks for it
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-chart]");
    if (!button) return;
    event.preventDefault();
    const place = button.closest("figure").querySelector(".explored");
    button.hidden = true;
    place.textContent = "Drawing; the first chart takes some seconds.";
    try {
      if (!window.vegaEmbed) await new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = "/script/charts.js"; script.onload = done; script.onerror = failed;
        document.head.append(script);
      });
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      const answer = await fetch(button.dataset.chart + (dark ? "&dark=1" : ""));
      if (!answer.ok) throw new Error((await answer.json()).title);
      place.textContent = "";
      await window.vegaEmbed(place, await answer.json(), {
        mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
        tooltip: { disableDefaultStyle: true },
      });
    } catch (fault) {
      place.textContent = "The chart cannot be drawn. " + (fault.message || "");
      button.hidden = false;
    }
  });

  for (const form of document.querySelectorAll("[data-drop]")) {
    const text = form.querySelector("textarea");
    const file = form.querySelector("input[type=file]");
    const told = form.querySelector(".busy");
    const most = Number(text.dataset.most);
    for (const kind of ["dragenter", "dragover"]) {
      form.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
    }
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      form.classList.remove("over");
      const carried = event.dataTransfer;
      event.preventDefault();
      if (carried.files.length) { file.files = carried.files; form.requestSubmit(); return; }
      const address = carried.getData("text/uri-list").split("\n")[0];
      if (address) form.elements.address.value = address;
      else text.value = carried.getData("text/plain");
    });
    form.addEventListener("submit", (event) => {
      const large = text.value.length > most || (file.files[0] && file.files[0].size > most);
      told.hidden = false;
      if (large) {
        event.preventDefault();
        told.textContent = "That is too much at once: one article at a time, please.";
        return;
      }
      told.textContent = told.dataset.told;
      form.querySelector("button").disabled = true;
    });
    window.addEventListener("pageshow", () => { form.querySelector("button").disabled = false; told.hidden = true; });
  }
})();
