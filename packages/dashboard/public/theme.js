// Before the first paint, and as a file of its own: the content security policy allows no inline script.
try {
  const theme = localStorage.getItem('upload24.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
