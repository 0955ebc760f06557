import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import type { IconName } from './icon-names.ts'

interface ButtonProps {
  readonly label: string
  readonly onPress: () => void
  readonly icon?: IconName | undefined
  /** The key that does the same, printed on the control (UI-KEY-2). */
  readonly hint?: string | undefined
  readonly kind?: 'plain' | 'primary' | 'danger' | 'danger-fill' | 'ghost'
  readonly small?: boolean
  /** Icon alone: the label becomes the accessible name and the tooltip. */
  readonly iconOnly?: boolean
  /** Why it is off; it stays focusable and says so (UI-ACT-4). */
  readonly offBecause?: string | undefined
  readonly title?: string
  readonly pressed?: boolean
  readonly className?: string
  readonly children?: ReactNode
}

export function Button(props: ButtonProps) {
  const { label, onPress, icon, hint, kind = 'plain', small, iconOnly, offBecause, title, pressed, children } = props
  const off = offBecause !== undefined
  const classes = ['button', kind, small && 'small', iconOnly && 'square', props.className].filter(Boolean).join(' ')
  return (
    <button
      type="button"
      className={classes}
      title={offBecause ?? title ?? (iconOnly ? label : undefined)}
      aria-label={iconOnly ? label : undefined}
      aria-disabled={off || undefined}
      aria-pressed={pressed}
      onClick={off ? undefined : onPress}
    >
      {icon && <Icon name={icon} />}
      {!iconOnly && <span>{label}</span>}
      {off && <span className="unseen">{`. ${offBecause}`}</span>}
      {children}
      {hint && <Kbd>{hint}</Kbd>}
    </button>
  )
}

/** A key cap. It repeats what the control's name already tells, so it is hidden from the accessibility tree. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="kbd" aria-hidden>
      {children}
    </kbd>
  )
}
