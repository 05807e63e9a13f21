import { hash } from 'node:crypto';

const WIDTH = 400;
const HEIGHT = 600;
const LINE_LENGTH = 14;

/** Draws a poster as SVG: the title over a colour that follows from it. */
export function posterSvg(title: string, year: number | null): string {
  const hue = Number.parseInt(hash('md5', title).slice(0, 4), 16) % 360;
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
