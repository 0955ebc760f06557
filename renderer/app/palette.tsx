import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { closeOverlay } from '../store/app.ts'
import { useApp, useText } from '../store/use-app.ts'
import { Kbd } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import type { PaletteItem } from './palette-item.ts'
import { paletteItems } from './palette-items.ts'
import { useSubject } from './subject.ts'

/** Go to, run, find: one field for all of it. */
export function Palette() {
  const app = useApp()
  const text = useText()
  const subject = useSubject()
  const [question, setQuestion] = useState('')
  const asked = useDeferredValue(question)
  const [at, setAt] = useState(0)
  const items = useMemo(() => paletteItems(app, text, asked, subject), [app, text, asked, subject])
  const current = Math.min(at, items.length - 1)
  const run = (item: PaletteItem | undefined) => {
    if (item === undefined || item.off) return
    closeOverlay(app)
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(items.length - 1, current + 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, current - 1))
    else if (event.key === 'Enter') run(items[current])
    else return
    event.preventDefault()
  }
  return (
    <>
      <div className="palette-field">
        <Icon name="search" className="icon-lg faint" />
        <input
          type="text"
          autoFocus
          role="combobox"
          aria-expanded={items.length > 0}
          aria-controls={items.length === 0 ? undefined : 'palette-list'}
          aria-activedescendant={items[current] === undefined ? undefined : `palette-${current}`}
          aria-label={text('palette.open')}
          placeholder={text('palette.open')}
          value={question}
          maxLength={200}
          onChange={(event) => {
            setQuestion(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
        <Kbd>Esc</Kbd>
      </div>
      <Items items={items} current={current} onRun={run} />
      <footer className="palette-foot">
        <span className="row">
          <Kbd>↑</Kbd>
          <Kbd>↓</Kbd> {text('palette.choose')}
        </span>
        <span className="row">
          <Kbd>↵</Kbd> {text('palette.run')}
        </span>
      </footer>
    </>
  )
}

interface ItemsProps {
  readonly items: readonly PaletteItem[]
  readonly current: number
  readonly onRun: (item: PaletteItem) => void
}

function Items({ items, current, onRun }: ItemsProps) {
  const text = useText()
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Not returned: newer Chromium answers with a promise, which React would take for a clean-up.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [current])
  if (items.length === 0) return <p className="palette-none faint">{text('palette.none')}</p>
  return (
    <div ref={list} id="palette-list" className="palette-list scroll" role="listbox" aria-label={text('palette.open')}>
      {(['do', 'goTo'] as const).map((group) => {
        const members = items.flatMap((item, index) => (item.group === group ? [{ item, index }] : []))
        return members.length === 0 ? null : (
          <div key={group} role="group" aria-label={text(`palette.${group}Title`)}>
            <div className="palette-group" aria-hidden>
              {text(`palette.${group}Title`)}
            </div>
            {members.map(({ item, index }) => (
              <div
                key={item.id}
                id={`palette-${index}`}
                role="option"
                aria-selected={index === current}
                aria-disabled={item.off}
                className={`palette-item${item.off ? ' off' : ''}`}
                onClick={() => onRun(item)}
              >
                <Icon name={item.icon} />
                <span className="cut">
                  {item.words} <span className="faint palette-detail">{item.detail}</span>
                </span>
                {item.hint !== undefined && <Kbd>{item.hint}</Kbd>}
              </div>
            ))}
          </div>
        )
      })}
    </div>
  )
}
