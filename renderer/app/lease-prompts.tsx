import { useState } from 'react'
import { useStore } from 'zustand'
import type { LeaseRequestView } from '#contract/lease-requests.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { formatMinute } from '../format/clock-time.ts'
import { failureWords } from '../format/failure-words.ts'
import { type App, openOverlay } from '../store/app.ts'
import { isOpenRequest } from '../store/lease-requests.ts'
import { showToast } from '../store/toasts.ts'
import { useApp, useClusters, useText, useTicking } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import './lease-prompts.css'

/** Somebody asks for a cluster that is driven here, or for a plan that is decided here. */
interface Prompted {
  readonly id: string
  /** Of the cluster or plan. */
  readonly name: string
  readonly request: LeaseRequestView
  handOver(app: App): void
  keep(app: App): Promise<Outcome<void, Failure>>
}

/** SR-6: the one that ends first is asked first. */
export function LeasePrompts() {
  const text = useText()
  const { connection } = useApp()
  const isConnected = useStore(connection, ({ state }) => state === 'connected')
  // What was answered is still there until the lease is read again.
  const [answered, setAnswered] = useState<readonly string[]>([])
  const all = usePrompted().filter(({ id }) => !answered.includes(id))
  const first = useTicking((now) => openIn(all, now)[0]?.id)
  const count = useTicking((now) => openIn(all, now).length)
  const prompted = all.find(({ id }) => id === first)
  if (prompted === undefined || !isConnected) return null
  return (
    <section className="lease-prompt" data-region aria-label={text('ask.label')}>
      <Prompt
        key={prompted.id}
        prompted={prompted}
        more={count - 1}
        onAnswered={() => setAnswered([...answered, prompted.id])}
      />
    </section>
  )
}

function usePrompted(): readonly Prompted[] {
  const app = useApp()
  const clusters = useClusters((state) => state.clusters)
  const plans = useStore(app.plans, (state) => state.plans)
  return [
    ...clusters.flatMap(({ context, request }): Prompted | readonly [] => {
      if (request === undefined) return []
      return {
        id: `${context} ${request.by} ${request.at}`,
        name: context,
        request,
        handOver: () => openOverlay(app, { kind: 'drive', context, drive: false }),
        keep: () => app.bridge.call('cluster.answer', { context, handOver: false, reason: '' }),
      }
    }),
    ...plans.flatMap(({ id, name, request }): Prompted | readonly [] => {
      if (request === undefined) return []
      return {
        id: `${id} ${request.by} ${request.at}`,
        name,
        request,
        handOver: () => openOverlay(app, { kind: 'plan', id, wish: { kind: 'handOver' } }),
        keep: () => app.bridge.call('plan.answer', { id, handOver: false, reason: '' }),
      }
    }),
  ]
}

const openIn = (all: readonly Prompted[], now: number): readonly Prompted[] =>
  all.filter(({ request }) => isOpenRequest(request, now)).toSorted((a, b) => a.request.until - b.request.until)

interface PromptProps {
  readonly prompted: Prompted
  /** Others that ask for something else. */
  readonly more: number
  readonly onAnswered: () => void
}

function Prompt({ prompted, more, onAnswered }: PromptProps) {
  const app = useApp()
  const text = useText()
  const { id, name, request } = prompted
  const { by, until, reason } = request
  const asks = text('ask.asks', { by, cluster: name })
  const keepIt = async () => {
    const outcome = await prompted.keep(app)
    if (outcome.ok) return onAnswered()
    const [title, detail] = [text('ask.refused', { cluster: name }), failureWords(text, outcome.error)]
    showToast(app.toasts, { id: `answer ${id}`, tone: 'failed', title, detail })
  }
  return (
    <>
      <Icon name="helm" />
      <p role="alert">
        <b className="cut" title={asks}>
          {asks}
        </b>
        {reason !== '' && (
          <span className="cut" title={reason}>
            {reason}
          </span>
        )}
        <span className="dim cut">{text('ask.until', { time: formatMinute(until) })}</span>
        {more > 0 && <span className="dim cut">{text('ask.more', { count: more })}</span>}
      </p>
      <Button small kind="primary" label={`${text('ask.handOver')}…`} onPress={() => prompted.handOver(app)} />
      <Button small label={text('ask.keep')} onPress={() => void keepIt()} />
    </>
  )
}
