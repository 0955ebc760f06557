import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import type { IconName } from './icon-names.ts'

interface MessageProps {
  readonly icon: IconName
  readonly title: string
  readonly children?: ReactNode
  /** Buttons; at most one of them primary. */
  readonly choices?: ReactNode
}

/** What is the case, why, what you can do (UI-COPY-2). Fills the place of the content it stands for. */
export function Message({ icon, title, children, choices }: MessageProps) {
  return (
    <div className="message">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
      {choices && <div className="choices">{choices}</div>}
    </div>
  )
}
