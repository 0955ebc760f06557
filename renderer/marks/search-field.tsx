import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { SearchField as Field } from '#contract/search-terms.ts'
import type { HistoryEntryView } from '#contract/views.ts'
import { type KnownNames, type Suggestion, suggestionsFor } from '../format/search-suggestions.ts'
import { useAnswer, useApp, useText } from '../store/use-app.ts'
import { Kbd } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import './search-field.css'

const movingKeys = ['ArrowLeft', 'ArrowRight', 'Home', 'End']

/** The searches there are, each with a filter of its own. */
export type Searched = 'history' | 'statistics'

interface SearchFieldProps {
  readonly of: Searched
  /** What can be looked for. */
  readonly hint: string
  /** Terms that are offered; none where it has terms of its own. */
  readonly fields: readonly Field[]
}

/** The filter of the history. Writes through 150 ms after the last key, so that typing never waits for the disk. */
export function SearchField({ of, hint, fields }: SearchFieldProps) {
  const { draft, setDraft } = useDraft(of)
  const text = useText()
  const list = useId()
  const input = useRef<HTMLInputElement>(null)
  const [caret, setCaret] = useState<number>()
  const [at, setAt] = useState(-1)
  const known = useKnownNames()
  const { from, choices } = suggestionsFor(draft, caret ?? 0, known, fields)
  const shown = caret === undefined ? [] : choices
  const close = () => {
    setCaret(undefined)
    setAt(-1)
  }
  const follow = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const place = currentTarget.selectionStart ?? draft.length
    setCaret(place)
    if (place !== caret) setAt(-1)
  }
  const take = (choice: Suggestion | undefined) => {
    if (choice === undefined) return
    const before = draft.slice(0, from) + choice.text
    setDraft(before + draft.slice(caret).trimStart())
    setCaret(before.length)
    setAt(-1)
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (shown.length === 0) return
    if (event.key === 'ArrowDown') setAt((at + 1) % shown.length)
    else if (event.key === 'ArrowUp') setAt(at <= 0 ? shown.length - 1 : at - 1)
    else if (event.key === 'Enter' && at >= 0) take(shown[at])
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className="search-field">
      <label className="field">
        <Icon name="search" />
        <input
          ref={input}
          data-filter
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={shown.length > 0}
          aria-controls={shown.length === 0 ? undefined : list}
          aria-activedescendant={shown[at] === undefined ? undefined : `${list}-${at}`}
          value={draft}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          placeholder={hint}
          aria-label={text('history.find')}
          onChange={(event) => {
            setDraft(event.target.value)
            follow(event)
          }}
          onClick={follow}
          onKeyUp={(event) => movingKeys.includes(event.key) && follow(event)}
          onFocus={follow}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        <Kbd>/</Kbd>
      </label>
      {shown.length > 0 && (
        <div id={list} className="search-choices" role="listbox" aria-label={text('search.list')}>
          {shown.map((choice, index) => (
            <div
              key={choice.text}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className="search-choice"
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(choice)}
            >
              <span className="mono">{choice.text.trim()}</span>
              {choice.field !== undefined && (
                <span className="faint small cut">{text(`search.about.${choice.field}`)}</span>
              )}
            </div>
          ))}
        </div>
      )}
    </div>
  )
}

/** What is in the field: what was typed, or what a press elsewhere on the page asked for. */
function useDraft(of: Searched) {
  const { filters, clock } = useApp()
  const [draft, setDraft] = useState(() => filters.getState()[of])
  const written = useRef(draft)
  useEffect(() => {
    if (draft === written.current) return undefined
    return clock.after(150, () => {
      written.current = draft
      filters.setState({ [of]: draft })
    })
  }, [clock, filters, of, draft])
  useEffect(
    () =>
      filters.subscribe(({ [of]: asked }) => {
        if (asked === written.current) return
        written.current = asked
        setDraft(asked)
      }),
    [filters, of],
  )
  return { draft, setDraft }
}

const namesMax = 500

/** Names of the newest releases. */
function useKnownNames(): KnownNames {
  const { bridge } = useApp()
  const newest = useAnswer<readonly HistoryEntryView[]>('names', async () => {
    const listed = await bridge.call('history.list', { limit: namesMax })
    return { state: 'there', value: listed.ok ? listed.value : [] }
  })
  if (newest.state !== 'there') return {}
  const namesOf = (name: (entry: HistoryEntryView) => string | undefined) =>
    [...new Set(newest.value.flatMap((entry) => name(entry) ?? []))].toSorted()
  return {
    app: namesOf((entry) => entry.name),
    cluster: namesOf((entry) => entry.context),
    namespace: namesOf((entry) => entry.namespace),
    image: namesOf((entry) => entry.toVersion),
    actor: namesOf((entry) => entry.actor),
  }
}
