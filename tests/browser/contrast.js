// The words on a page that stand out too little from what is behind them (WCAG 2.2, 1.4.3: 4.5 to 1).
() => {
  const channels = (colour) => {
    const plain = colour.match(/^rgba?\(([^)]+)\)/);
    if (plain) {
      const [r, g, b, alpha = 1] = plain[1].split(/[ ,/]+/).map(Number);
      return [r, g, b, alpha];
    }
    const mixed = colour.match(/^color\(srgb ([^)]+)\)/)[1].split(/[ /]+/).map(Number);
    return [mixed[0] * 255, mixed[1] * 255, mixed[2] * 255, mixed[3] ?? 1];
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = channels(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0.99) return colour;
    }
    return [255, 255, 255, 1];
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const words = texts.currentNode.textContent.trim();
    const element = texts.currentNode.parentElement;
    if (!words || !element.getBoundingClientRect().width) continue;
    const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}
