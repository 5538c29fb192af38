// Before the first paint, so that a dark page never flashes white. A file of its own, since the policy of the
// pages allows no script inside them.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("clew.theme");
  } catch {
    // Storage may be shut; the system's choice holds then.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
