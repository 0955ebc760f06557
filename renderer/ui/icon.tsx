import type { IconName } from './icon-names.ts'

interface IconProps {
  readonly name: IconName
  readonly className?: string
  /** Only for an icon that stands without a word (UI-ICON-3). */
  readonly label?: string
}

/** One symbol of the sprite; decoration unless it has a label. */
export function Icon({ name, className = '', label }: IconProps) {
  const named = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label }
  return (
    <svg className={`icon ${className}`} {...named}>
      <use href={`#i-${name}`} />
    </svg>
  )
}
