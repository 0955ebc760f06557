import { useState } from 'react'
import type { ForeseenWriteView } from '#contract/views.ts'
import { formatTime } from '../../format/clock-time.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

interface NextWritesProps {
  readonly writes: readonly ForeseenWriteView[]
  /** With those that are not listed. */
  readonly count: number
}

/** The requests to come, before any is made; each opens to the rule it follows from. */
export function NextWrites({ writes, count }: NextWritesProps) {
  const text = useText()
  const [open, setOpen] = useState(false)
  return (
    <div className="next-writes">
      <button type="button" className="exact-toggle row" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chev-d' : 'chev-r'} />
        {text('forecast.writes', { count })}
      </button>
      {open && (
        <ol>
          {writes.map((write, index) => (
            <li key={`${write.at} ${index}`}>
              <details>
                <summary>
                  <span className="num faint">{formatTime(write.at)}</span> {write.summary}
                </summary>
                <p className="small dim">
                  {text('forecast.rule')} <b className="mono">{write.because}</b> ·{' '}
                  <span className="mono">{`${write.verb} ${write.kind} ${write.name}`}</span>
                </p>
              </details>
            </li>
          ))}
          {count > writes.length && (
            <li className="faint small">{text('forecast.more', { count: count - writes.length })}</li>
          )}
        </ol>
      )}
    </div>
  )
}
