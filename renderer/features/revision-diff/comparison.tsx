import { useState } from 'react'
import type { ConfigDiffView, ConfigLook, DiffView } from '#contract/diff-views.ts'
import { patchText } from '#contract/patch-text.ts'
import type { RolloutKey } from '#contract/views.ts'
import { failureWords } from '../../format/failure-words.ts'
import { type Loaded, useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { Segments } from '../../ui/segments.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import type { Sides } from './diff-sides.ts'
import { DiffText, type Target } from './diff-text.tsx'
import { Summary } from './summary.tsx'

interface ComparisonProps {
  readonly rolloutKey: RolloutKey
  readonly sides: Sides | undefined
  /** Sides that are not there yet will come by themselves. */
  readonly isWaitedFor: boolean
}

/** The answer for two sides, whatever they are. */
export function Comparison({ rolloutKey, sides, isWaitedFor }: ComparisonProps) {
  const { bridge } = useApp()
  const question = `${rolloutKey} ${JSON.stringify(sides)}`
  const diff = useAnswer<DiffView>(question, async () => {
    if (sides === undefined) return { state: 'loading' }
    const outcome = await bridge.call('diff.compare', sides)
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  if (sides === undefined) return isWaitedFor ? <Waiting /> : null
  if (diff.state === 'loading' || diff.state === 'gone') return <Waiting />
  if (diff.state === 'failed') return <Failed loaded={diff} />
  return <Compared key={question} sides={sides} diff={diff.value} />
}

function Waiting() {
  const text = useText()
  return <p className="loading faint">{text('load.label')}</p>
}

export function Failed({ loaded }: { readonly loaded: Loaded<unknown> & { readonly state: 'failed' } }) {
  const text = useText()
  const { failure } = loaded
  return (
    <Message icon="warn" title={text('diff.failed')}>
      <p>
        {failure.kind === 'Bridge' || failure.kind === 'NotFound' || failure.kind === 'Invalid'
          ? failure.message
          : failureWords(text, failure)}
      </p>
    </Message>
  )
}

type Part = 'manifest' | 'config'

function Compared({ sides, diff }: { readonly sides: Sides; readonly diff: DiffView }) {
  const text = useText()
  const [part, setPart] = useState<Part>('manifest')
  const [target, setTarget] = useState<Target>()
  const [copied, setCopied] = useState(false)
  const copy = () => {
    void navigator.clipboard.writeText(patchText(diff)).then(() => setCopied(true))
  }
  useKeys({ Y: copy })
  const parts = (
    <>
      <Segments
        small
        label={text('diff.part')}
        value={part}
        onChange={setPart}
        segments={[
          { value: 'manifest', label: text('diff.manifest') },
          { value: 'config', label: text('diff.config') },
        ]}
      />
      {diff.hidden > 0 && (
        <span className="faint small drops">
          <Icon name="lock" /> {text('diff.hiddenCount', { count: diff.hidden })}
        </span>
      )}
      <Button
        small
        kind="ghost"
        icon={copied ? 'check' : 'copy'}
        hint="Y"
        label={text(copied ? 'diff.copied' : 'diff.copy')}
        onPress={copy}
      />
    </>
  )
  if (part === 'config') return <Configuration sides={sides}>{parts}</Configuration>
  return (
    <div className="diff-body">
      <Summary diff={diff} onLine={(line) => setTarget({ line })} />
      <DiffText diff={diff} target={target}>
        {parts}
      </DiffText>
    </div>
  )
}

interface ConfigurationProps {
  readonly sides: Sides
  readonly children: React.ReactNode
}

/** Nothing is read before a person asks for it (W11). */
function Configuration({ sides, children }: ConfigurationProps) {
  const { bridge } = useApp()
  const text = useText()
  const [isAsked, setAsked] = useState(false)
  const config = useAnswer<ConfigDiffView>(isAsked ? 'config' : '', async () => {
    if (!isAsked) return { state: 'loading' }
    const outcome = await bridge.call('diff.config', sides)
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  return (
    <div className="diff-body">
      {config.state === 'there' ? (
        <ConfigObjects config={config.value} />
      ) : (
        <div className="diff-tools panel">{children}</div>
      )}
      {!isAsked ? (
        <Message
          icon="key"
          title={text('diff.config')}
          choices={<Button kind="primary" icon="eye" label={text('diff.config.read')} onPress={() => setAsked(true)} />}
        >
          <p>{text('diff.config.why')}</p>
        </Message>
      ) : config.state === 'failed' ? (
        <Failed loaded={config} />
      ) : config.state !== 'there' ? (
        <Waiting />
      ) : config.value.diff === undefined ? (
        <div className="diff-tools panel">{children}</div>
      ) : (
        <DiffText diff={config.value.diff} target={undefined}>
          {children}
        </DiffText>
      )}
    </div>
  )
}

function ConfigObjects({ config: { objects } }: { readonly config: ConfigDiffView }) {
  const text = useText()
  if (objects.length === 0) return <p className="diff-same panel">{text('diff.config.none')}</p>
  return (
    <section className="panel config-objects scroll">
      <p className="faint small">{text('diff.config.today')}</p>
      <ul>
        {objects.map(({ kind, name, left, right }) => (
          <li key={`${kind} ${name}`}>
            <span className="chip">{kind}</span>
            <span className="mono cut" title={name}>
              {name}
            </span>
            <Look side="A" look={left} />
            <Look side="B" look={right} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Look({ side, look }: { readonly side: 'A' | 'B'; readonly look: ConfigLook }) {
  const text = useText()
  const words =
    look.state === 'read'
      ? text('diff.config.version', { version: look.resourceVersion })
      : 'message' in look
        ? text(`diff.config.${look.state}`, { message: look.message })
        : text(`diff.config.${look.state}`)
  const isTrouble = look.state === 'missing' || 'message' in look
  return (
    <span className={`small cut ${isTrouble ? 'ink-paused' : 'faint'}`} title={words}>
      {side}: {words}
    </span>
  )
}
