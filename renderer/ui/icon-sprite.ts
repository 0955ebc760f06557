import sprite from './icons.svg?raw'

/** Puts the icons into the document once, so that `<use href="#i-…">` needs no request of its own. */
export function mountIconSprite(document: Document): void {
  const holder = document.createElement('div')
  holder.hidden = true
  holder.innerHTML = sprite
  document.body.prepend(holder)
}
