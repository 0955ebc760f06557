import { useState } from 'react'
import { useStore } from 'zustand'
import { type BundleContents, type BundleWishView, exportForms } from '#contract/bundle-views.ts'
import type { HistoryEntryView } from '#contract/views.ts'
import { formatBytes } from '../../format/bytes.ts'
import { failureWords } from '../../format/failure-words.ts'
import type { Text } from '../../format/text.ts'
import { closeOverlay } from '../../store/app.ts'
import { saveParts } from '../../store/bundle.ts'
import { showToast } from '../../store/toasts.ts'
import { type Loaded, useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Contents, Fact } from './contents.tsx'
import './bundle.css'

type What = 'rollout' | 'plan' | 'time'
type Form = (typeof exportForms)[number]

const hour = 3_600_000
const spans = [1, 6, 24, 24 * 7, 24 * 30] as const

interface Chosen {
  readonly what: What
  readonly plan: string
  readonly hours: number
  readonly context: string
}

/** What was recorded, as a file: what of it, in which form, how large it will be, and what it leaves out. */
export function ExportDialog({ id }: { readonly id: string | undefined }) {
  const text = useText()
  const { chosen, entry, wish, choose } = useChoice(id)
  const [form, setForm] = useState<Form>('bundle')
  const [words, setWords] = useState({ first: '', again: '' })
  const look = useLook(wish)
  const saving = useSaving()
  const passphrase = form === 'bundle' && words.first !== '' ? words.first : undefined
  const differs = passphrase !== undefined && words.again !== passphrase
  const off = offBecause(text, { isSaving: saving.isSaving, isThere: look.state === 'there', differs })
  return (
    <>
      <header className="dialog-head">
        <span className="dialog-icon">
          <Icon name="upload" />
        </span>
        <h2>{text('bundle.exportTitle')}</h2>
        <p className="dim">{text('bundle.exportMeans')}</p>
      </header>
      <div className="dialog-body scroll">
        <div className="bundle-form">
          <WhatChoice chosen={chosen} onChange={choose} />
          <FormChoice form={form} onChange={setForm} />
          {form === 'bundle' && <Passphrase words={words} differs={differs} onChange={setWords} />}
        </div>
        <Look look={look} what={chosen.what} entry={entry} />
        {saving.failed !== undefined && (
          <p className="dialog-line ink-degraded" role="alert">
            {saving.failed}
          </p>
        )}
      </div>
      <Foot off={off} onSave={() => wish !== undefined && void saving.save(wish, form, passphrase)} />
    </>
  )
}

function Foot({ off, onSave }: { readonly off: string | undefined; readonly onSave: () => void }) {
  const app = useApp()
  const text = useText()
  return (
    <footer className="dialog-foot">
      <span className="space" />
      <Button label={text('dialog.cancel')} hint="Esc" onPress={() => closeOverlay(app)} />
      <Button kind="primary" icon="upload" label={text('bundle.save')} offBecause={off} onPress={onSave} />
    </footer>
  )
}

/** What is chosen; of nothing recorded a stretch of time. */
function useChoice(id: string | undefined) {
  const app = useApp()
  const found = useEntry(id)
  const [now] = useState(() => app.clock.now())
  const [picked, setPicked] = useState<Partial<Chosen>>({})
  const first = useStore(app.plans, (state) => state.plans[0]?.id ?? '')
  const entry = found.state === 'there' ? found.value : undefined
  const fallback: What = found.state === 'there' && entry === undefined ? 'time' : 'rollout'
  const { what = fallback, plan = first, hours = 24, context = '' } = picked
  const chosen = { what, plan, hours, context }
  const choose = (next: Partial<Chosen>) => setPicked({ ...picked, ...next })
  return { chosen, choose, entry, wish: wishOf(chosen, entry, now) }
}

/** The update that is shown, or the newest. */
function useEntry(id: string | undefined): Loaded<HistoryEntryView | undefined> {
  const { bridge } = useApp()
  return useAnswer<HistoryEntryView | undefined>(`entry ${id ?? ''}`, async () => {
    if (id === undefined) {
      const newest = await bridge.call('history.list', { limit: 1 })
      return { state: 'there', value: newest.ok ? newest.value[0] : undefined }
    }
    const record = await bridge.call('history.record', { id })
    return { state: 'there', value: record.ok ? record.value.entry : undefined }
  })
}

function wishOf(
  { what, plan, hours, context }: Chosen,
  entry: HistoryEntryView | undefined,
  now: number,
): BundleWishView | undefined {
  if (what === 'rollout') return entry && { kind: 'rollout', key: entry.key, run: entry.id }
  if (what === 'plan') return plan === '' ? undefined : { kind: 'plan', plan }
  return {
    kind: 'time',
    from: Math.max(0, now - hours * hour),
    until: now,
    ...(context !== '' && { contexts: [context] }),
  }
}

function useLook(wish: BundleWishView | undefined): Loaded<BundleContents> {
  const { bridge } = useApp()
  return useAnswer<BundleContents>(`look ${JSON.stringify(wish)}`, async () => {
    if (wish === undefined) return { state: 'gone' }
    const outcome = await bridge.call('bundle.look', { wish })
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
}

function offBecause(
  text: Text,
  { isSaving, isThere, differs }: Readonly<Record<'isSaving' | 'isThere' | 'differs', boolean>>,
) {
  if (isSaving) return text('bundle.saving')
  if (differs) return text('bundle.passphraseDiffers')
  return isThere ? undefined : text('bundle.looking')
}

function useSaving() {
  const app = useApp()
  const text = useText()
  const [state, setState] = useState<{ readonly isSaving: boolean; readonly failed?: string }>({ isSaving: false })
  const save = async (wish: BundleWishView, form: Form, passphrase: string | undefined) => {
    setState({ isSaving: true })
    const outcome = await app.bridge.call('bundle.save', {
      wish,
      form,
      ...(passphrase !== undefined && { passphrase }),
    })
    if (!outcome.ok) return setState({ isSaving: false, failed: failureWords(text, outcome.error) })
    const saved = outcome.value
    if (saved.how === 'cancelled') return setState({ isSaving: false })
    if (saved.how === 'parts' && !(await saveParts(app.bridge, saved)))
      return setState({ isSaving: false, failed: text('bundle.saveFailed') })
    closeOverlay(app)
    const detail = saved.how === 'saved' ? `${saved.path}, ${formatBytes(saved.bytes)}` : saved.name
    return showToast(app.toasts, { id: 'bundle', tone: 'done', title: text('bundle.saved'), detail })
  }
  return { ...state, save }
}

interface WhatProps {
  readonly chosen: Chosen
  readonly onChange: (next: Partial<Chosen>) => void
}

function WhatChoice({ chosen: { what, plan, hours, context }, onChange }: WhatProps) {
  const app = useApp()
  const text = useText()
  const plans = useStore(app.plans, (state) => state.plans)
  const contexts = useAnswer<readonly string[]>('contexts', async () => ({
    state: 'there',
    value: await app.bridge.call('history.writes.contexts', undefined),
  }))
  const kinds: readonly What[] = plans.length === 0 ? ['rollout', 'time'] : ['rollout', 'plan', 'time']
  return (
    <>
      <Segments
        label={text('bundle.what')}
        value={what}
        onChange={(next) => onChange({ what: next })}
        segments={kinds.map((value) => ({ value, label: text(`bundle.what.${value}`) }))}
      />
      {what === 'plan' && (
        <Select
          label={text('bundle.plan')}
          value={plan}
          onChange={(next) => onChange({ plan: next })}
          options={plans.map(({ id, name }) => [id, name])}
        />
      )}
      {what === 'time' && (
        <div className="bundle-row">
          <Select
            label={text('bundle.since')}
            value={String(hours)}
            onChange={(next) => onChange({ hours: Number(next) })}
            options={spans.map((each) => [String(each), spanText(text, each)])}
          />
          <Select
            label={text('bundle.cluster')}
            value={context}
            onChange={(next) => onChange({ context: next })}
            options={[
              ['', text('bundle.allClusters')],
              ...(contexts.state === 'there' ? contexts.value : []).map((each) => [each, each] as const),
            ]}
          />
        </div>
      )}
    </>
  )
}

const spanText = (text: Text, hours: number): string =>
  hours < 24 ? text('bundle.sinceHours', { count: hours }) : text('bundle.sinceDays', { count: hours / 24 })

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly onChange: (value: string) => void
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <label>
      <span className="form-label">{label}</span>
      <span className="field">
        <select value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([each, shown]) => (
            <option key={each} value={each}>
              {shown}
            </option>
          ))}
        </select>
        <Icon name="chev-d" className="icon-sm" />
      </span>
    </label>
  )
}

function FormChoice({ form, onChange }: { readonly form: Form; readonly onChange: (form: Form) => void }) {
  const text = useText()
  return (
    <div>
      <Segments
        label={text('bundle.form')}
        value={form}
        onChange={onChange}
        segments={exportForms.map((value) => ({ value, label: text(`bundle.form.${value}`) }))}
      />
      <p className="dim small">{text(`bundle.formMeans.${form}`)}</p>
    </div>
  )
}

interface PassphraseProps {
  readonly words: { readonly first: string; readonly again: string }
  readonly differs: boolean
  readonly onChange: (words: { readonly first: string; readonly again: string }) => void
}

function Passphrase({ words, differs, onChange }: PassphraseProps) {
  const text = useText()
  return (
    <div className="bundle-row">
      <label>
        <span className="form-label">{text('bundle.passphrase')}</span>
        <span className="field">
          <input
            type="password"
            autoComplete="off"
            maxLength={1024}
            value={words.first}
            onChange={(event) => onChange({ ...words, first: event.target.value })}
          />
        </span>
      </label>
      {words.first !== '' && (
        <label>
          <span className="form-label">
            {text(differs && words.again !== '' ? 'bundle.passphraseDiffers' : 'bundle.passphraseAgain')}
          </span>
          <span className="field">
            <input
              type="password"
              autoComplete="off"
              maxLength={1024}
              value={words.again}
              onChange={(event) => onChange({ ...words, again: event.target.value })}
            />
          </span>
        </label>
      )}
    </div>
  )
}

const nameOf = ({ namespace, name, context, fromVersion, toVersion }: HistoryEntryView): string =>
  `${namespace}/${name} ${[fromVersion, toVersion].filter((each) => each !== undefined).join(' → ')}, ${context}`

interface LookProps {
  readonly look: Loaded<BundleContents>
  readonly what: What
  readonly entry: HistoryEntryView | undefined
}

function Look({ look, what, entry }: LookProps) {
  const text = useText()
  if (look.state === 'loading') return <p className="dialog-line faint">{text('bundle.looking')}</p>
  if (look.state === 'gone') return <p className="dialog-line faint">{text('history.none')}</p>
  if (look.state === 'failed') {
    const { failure } = look
    return (
      <p className="dialog-line ink-degraded" role="alert">
        {failure.kind === 'Bridge' ? failure.message : failureWords(text, failure)}
      </p>
    )
  }
  return (
    <Contents contents={look.value}>
      <Fact name={text('bundle.leftOut')}>{text(`bundle.leftOutWhat.${what}`)}</Fact>
      {what === 'rollout' && entry !== undefined && <Fact name={text('bundle.of')}>{nameOf(entry)}</Fact>}
    </Contents>
  )
}
