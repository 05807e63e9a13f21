import { hash } from 'node:crypto';

const WIDTH = 400;
const HEIGHT = 600;
const LINE_LENGTH = 14;

/** Draws a poster as SVG: the title over a colour that follows from it. */
export function posterSvg(title: string, year: number | null): string {
  const hue = hueOf(title);
  const lines = wrap(title);
  const top = HEIGHT / 2 - (lines.length - 1) * 22;
  const texts = lines.map((line, index) => text(line, top + index * 44, 36, 700));
  if (year !== null) texts.push(text(String(year), HEIGHT - 48, 24, 400));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="hsl(${hue} 45% 28%)"/>`,
    `<rect y="${HEIGHT - 8}" width="${WIDTH}" height="8" fill="hsl(${hue} 70% 55%)"/>`,
    ...texts,
    '</svg>',
  ].join('\n');
}

/** Draws a backdrop as SVG: a wide field that runs from the poster's colour to a neighbouring one. */
export function backdropSvg(title: string): string {
  const hue = hueOf(title);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 1280 720">',
    '<defs><linearGradient id="g" x2="1" y2="1">',
    `<stop stop-color="hsl(${hue} 45% 22%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 50% 42%)"/>`,
    '</linearGradient></defs>',
    '<rect width="1280" height="720" fill="url(#g)"/>',
    '</svg>',
  ].join('\n');
}

function hueOf(title: string): number {
  return Number.parseInt(hash('md5', title).slice(0, 4), 16) % 360;
}

function text(content: string, y: number, size: number, weight: number): string {
  return `<text x="${WIDTH / 2}" y="${y}" font-family="sans-serif" font-size="${size}" font-weight="${weight}" fill="#fff" text-anchor="middle">${escapeXml(content)}</text>`;
}

function wrap(title: string): string[] {
  const lines: string[] = [];
  for (const word of title.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LINE_LENGTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
