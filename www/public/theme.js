// Light or dark, before anything is drawn: a script of the page itself would come too late, and one within the page may not run.
(() => {
  const { dataset } = document.documentElement;
  let wish = null;
  try {
    wish = localStorage.getItem(dataset.themeKey);
  } catch {
    // The system's, then.
  }
  dataset.themeWish = wish === 'light' || wish === 'dark' ? wish : 'auto';
  const dark = dataset.themeWish === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : dataset.themeWish === 'dark';
  dataset.theme = dark ? 'dark' : 'light';
})();
