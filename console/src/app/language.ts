/**
 * A browser started without a locale names one that Intl refuses (`en-US@posix`), and a library that
 * formats numbers in it would take its page down. Such a name is replaced before anything loads.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
