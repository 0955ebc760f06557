import type { KeyboardEvent } from 'react'
import type { WrittenDetailView, WrittenView } from '#contract/record-views.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { failureWords } from '../../format/failure-words.ts'
import type { Text } from '../../format/text.ts'
import { useAnswer, useApp, useLocale, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

interface WriteRowProps {
  readonly write: WrittenView
  /** Its place in the list, from 0. */
  readonly index: number
  readonly open: boolean
  readonly onToggle: () => void
  readonly measure: (row: Element | null) => void
}

export function WriteRow({ write, index, open, onToggle, measure }: WriteRowProps) {
  const text = useText()
  const locale = useLocale()
  const { at, context, verb, count } = write
  const [who, from, why] = [whoOf(text, write), fromOf(write), whyOf(write)]
  return (
    <div ref={measure} data-index={index} role="rowgroup" className={`write${open ? ' on' : ''}`}>
      <div role="row" aria-rowindex={index + 2} className="write-line small" onClick={onToggle}>
        <span role="cell">
          <button
            type="button"
            className="write-toggle num"
            aria-expanded={open}
            onKeyDown={stepRow}
            onClick={(event) => {
              event.stopPropagation()
              onToggle()
            }}
          >
            <Icon name={open ? 'chev-d' : 'chev-r'} className="icon-sm" />
            {formatMoment(at, locale)}
          </button>
        </span>
        <span role="cell" className="cut" title={context}>
          {context}
        </span>
        <span role="cell" className="cut dim">
          {count === 1 ? verb : `${verb} ×${count}`}
        </span>
        <ObjectCell write={write} />
        <CodeCell write={write} />
        <span role="cell" className="cut" title={from}>
          {who}
        </span>
        <span role="cell" className="cut dim" title={why}>
          {why}
        </span>
      </div>
      {open && (
        <div role="row" className="write-more">
          <div role="cell" aria-colspan={7}>
            <Detail id={write.id} />
          </div>
        </div>
      )}
    </div>
  )
}

/** From row to row; what is open stays open. */
function stepRow(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const toggles = [
    ...(event.currentTarget.closest('[role=table]')?.querySelectorAll<HTMLElement>('.write-toggle') ?? []),
  ]
  const at = toggles.findIndex((each) => each === event.currentTarget)
  if (step === undefined || at < 0) return
  event.preventDefault()
  toggles[at + step]?.focus()
}

function ObjectCell({ write: { resource, subresource, namespace, name } }: { readonly write: WrittenView }) {
  const kind = `${resource.split('.')[0]}${subresource === undefined ? '' : `/${subresource}`}`
  const at = namespace === undefined ? name : `${namespace}/${name}`
  return (
    <span role="cell" className="cut" title={`${resource} ${at}`}>
      <span className="strong">{at}</span> <span className="faint">{kind}</span>
    </span>
  )
}

/** Without a code nobody knows whether it was done. */
function CodeCell({ write: { code } }: { readonly write: WrittenView }) {
  const text = useText()
  const isDone = code !== undefined && code < 300
  return (
    <span role="cell" className={`cut num ${isDone ? 'dim' : code === undefined ? 'ink-paused' : 'ink-degraded'}`}>
      {!isDone && <Icon name={code === undefined ? 'unknown' : 'x'} className="icon-sm" />}
      {code ?? text('wrote.noAnswer')}
    </span>
  )
}

const whoOf = (text: Text, { by, user, account }: WrittenView): string =>
  by === 'engine' ? text('source.engine') : (user ?? account)

const fromOf = ({ user, account, host }: WrittenView): string =>
  [user, `${account}@${host}`].filter((each) => each !== undefined).join(' · ')

const whyOf = ({ action, rule, summary, reason }: WrittenView): string =>
  [summary ?? action ?? rule, reason].filter(Boolean).join(' · ')

/** Read when somebody asks for it: a body may be long. */
function Detail({ id }: { readonly id: number }) {
  const { bridge } = useApp()
  const text = useText()
  const detail = useAnswer<WrittenDetailView>(`write ${id}`, async () => {
    const outcome = await bridge.call('history.write', { id })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  if (detail.state === 'failed') {
    const { failure } = detail
    return <p className="ink-degraded">{failure.kind === 'Bridge' ? failure.message : failureWords(text, failure)}</p>
  }
  return detail.state === 'there' ? <Told detail={detail.value} /> : <p className="faint">{text('load.label')}</p>
}

function Told({ detail }: { readonly detail: WrittenDetailView }) {
  const text = useText()
  const locale = useLocale()
  const { code, problem, action, rule, summary, reason, via, resourceVersion, since, count, body } = detail
  const answer = code === undefined ? text('wrote.unknown') : [code, problem].filter(Boolean).join(' ')
  const facts: readonly (readonly [string, string | undefined])[] = [
    [text('wrote.answer'), answer],
    [text('wrote.what'), [summary, [action, rule].filter(Boolean).join(', ')].filter(Boolean).join(' · ')],
    [text('wrote.reason'), reason],
    [text('wrote.who'), fromOf(detail)],
    [text('wrote.from'), via && text(`wrote.via.${via}`)],
    [text('wrote.version'), resourceVersion],
    [
      text('wrote.counted'),
      since === undefined ? undefined : text('wrote.countedSince', { count, at: formatMoment(since, locale) }),
    ],
  ]
  return (
    <>
      <dl className="write-facts small">
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {body?.text !== undefined && <Body type={body.type} body={body.text} />}
      {body !== undefined && body.text === undefined && (
        <p className="small dim">{text('wrote.print', { bytes: body.bytes ?? 0, sha256: body.sha256 ?? '–' })}</p>
      )}
    </>
  )
}

function Body({ type, body }: { readonly type: string; readonly body: string }) {
  const text = useText()
  return (
    <div className="write-body">
      <div className="row small">
        <span className="faint mono cut">{type}</span>
        <span className="space" />
        <Button small icon="copy" label={text('wrote.copy')} onPress={() => void navigator.clipboard.writeText(body)} />
      </div>
      <pre className="mono scroll" tabIndex={0} role="region" aria-label={text('wrote.body')}>
        {body}
      </pre>
    </div>
  )
}
