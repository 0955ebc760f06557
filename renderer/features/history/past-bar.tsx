import type { ReactNode } from 'react'
import { useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import type { PastSource } from './use-past-source.ts'

interface PastBarProps {
  readonly source: PastSource
  /** Which part of the past it is. */
  readonly children: ReactNode
}

/** UI-HIST-1: it is unmistakable that this is not now; where it is from, and the way out. */
export function PastBar({ source, children }: PastBarProps) {
  const text = useText()
  useKeys({ Escape: source.leave })
  return (
    <div className="offline past-banner" role="status">
      <span className="offline-tag">
        <Icon name="history" />
        {text('past.tag')}
      </span>
      <span className="offline-why cut">{source.why}</span>
      <span className="space" />
      {children}
      <Button small icon="net" hint="Esc" label={source.leaveLabel} onPress={source.leave} />
    </div>
  )
}
