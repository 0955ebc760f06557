import { useEffect, useState } from 'react'
import type { ActionPreview, WriteView } from '#contract/views.ts'
import { useText } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import './exact-request.css'

interface ExactRequestProps {
  readonly previews: readonly (ActionPreview & { readonly open: true })[]
}

/** UI-ACT-5: byte for byte what is sent, and the same as kubectl commands; `⌥P` shows and hides it. */
export function ExactRequest({ previews }: ExactRequestProps) {
  const text = useText()
  const [open, setOpen] = useState(true)
  const writes = previews.flatMap((preview) => preview.writes)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => event.altKey && event.code === 'KeyP' && setOpen((now) => !now)
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  if (writes.length === 0) return null
  return (
    <section className="exact">
      <div className="row">
        <button type="button" className="exact-toggle row" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'chev-d' : 'chev-r'} />
          {text('dialog.exact', { count: writes.length })}
        </button>
        <span className="space" />
        <Button
          small
          icon="copy"
          label={text('dialog.copyKubectl')}
          onPress={() => void navigator.clipboard.writeText(writes.map((write) => write.kubectl).join('\n'))}
        />
      </div>
      {open && <Writes writes={writes} />}
    </section>
  )
}

interface WritesProps {
  readonly writes: readonly WriteView[]
  /** One line each, and behind it byte for byte what is sent. */
  readonly folded?: boolean
}

export function Writes({ writes, folded = false }: WritesProps) {
  const text = useText()
  return (
    <div
      className="writes scroll"
      role="region"
      aria-label={text('dialog.exact', { count: writes.length })}
      tabIndex={0}
    >
      {writes.map((write, index) => {
        const key = `${write.path} ${index}`
        const request = (
          <pre key={key} className="mono" title={`${write.summary} (${write.because})`}>
            <span className="faint">{`${write.method}  ${write.path}\nContent-Type: ${write.contentType}\n`}</span>
            {write.body}
          </pre>
        )
        if (!folded) return request
        return (
          <details key={key}>
            <summary>{write.summary}</summary>
            {request}
          </details>
        )
      })}
    </div>
  )
}
