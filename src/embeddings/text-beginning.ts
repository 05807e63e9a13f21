/** The first `length` units of a text, without the half of a character that takes two of them. */
export function textBeginning(text: string, length: number): string {
  return text.slice(0, Math.max(0, length)).replace(/[\ud800-\udbff]$/, '');
}
