import { type KeyboardEvent, useId, useRef } from 'react'
import type { PlanFaultView } from '#contract/plan-views.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

interface TextPaneProps {
  readonly text: string
  readonly faults: readonly PlanFaultView[]
  readonly onWrite: (text: string) => void
}

const textMax = 1_000_000

/** The plan as text, with the numbers of its lines, and its faults where they are. */
export function TextPane({ text: written, faults, onWrite }: TextPaneProps) {
  const text = useText()
  const area = useRef<HTMLTextAreaElement>(null)
  const id = useId()
  const lines = written.split('\n')
  const bad = new Set(faults.map(({ line }) => line))
  return (
    <section className="panel plan-text" data-region aria-label={text('planEditor.pane.text')}>
      <div className="panel-head">
        <h2>{text('planEditor.pane.text')}</h2>
        <span className="sub">{text('planEditor.textSub')}</span>
      </div>
      <div className="plan-text-scroll scroll">
        <ol className="plan-lines num" aria-hidden>
          {lines.map((_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <li key={index} className={bad.has(index + 1) ? 'bad' : ''}>
              {index + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={area}
          className="mono"
          aria-label={text('planEditor.pane.text')}
          aria-invalid={faults.length > 0}
          aria-describedby={faults.length > 0 ? id : undefined}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          wrap="off"
          rows={lines.length}
          maxLength={textMax}
          value={written}
          onChange={(event) => onWrite(event.target.value)}
          onKeyDown={(event) => indent(event, onWrite)}
        />
      </div>
      {faults.length > 0 && (
        <ul id={id} className="plan-faults scroll" aria-label={text('planEditor.faults', { count: faults.length })}>
          {faults.map((fault, index) => (
            <li key={`${index} ${fault.field}`}>
              <Fault fault={fault} onShow={() => fault.line !== undefined && showLine(area.current, fault.line)} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Fault({ fault, onShow }: { readonly fault: PlanFaultView; readonly onShow: () => void }) {
  const text = useText()
  return (
    <button type="button" className="plan-fault" onClick={onShow}>
      <Icon name="degraded" className="ink-degraded" />
      <span>
        {fault.line !== undefined && <b className="num">{text('planEditor.line', { line: fault.line })}</b>}{' '}
        {fault.field !== '' && <span className="mono dim">{fault.field}</span>} {fault.message}
      </span>
    </button>
  )
}

/** Puts the cursor on a line. */
function showLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return
  const lines = area.value.split('\n')
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
  // The browser brings a cursor into view when a field takes the focus, not when a selection is set.
  area.blur()
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  area.focus()
}

/** A new line begins where the one before did. Tab is left to go on to the next control (UI-A11Y-7). */
function indent(event: KeyboardEvent<HTMLTextAreaElement>, onWrite: (text: string) => void): void {
  if (event.key !== 'Enter' || event.metaKey || event.ctrlKey || event.nativeEvent.isComposing) return
  const area = event.currentTarget
  const { value, selectionStart, selectionEnd } = area
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart)
  const space = /^ */.exec(line)?.[0] ?? ''
  if (space === '') return
  event.preventDefault()
  onWrite(`${value.slice(0, selectionStart)}\n${space}${value.slice(selectionEnd)}`)
  const at = selectionStart + 1 + space.length
  requestAnimationFrame(() => area.setSelectionRange(at, at))
}
