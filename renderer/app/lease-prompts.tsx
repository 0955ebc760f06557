import { useState } from 'react'
import { useStore } from 'zustand'
import type { ClusterView } from '#contract/views.ts'
import { formatMinute } from '../format/clock-time.ts'
import { failureWords } from '../format/failure-words.ts'
import { openOverlay } from '../store/app.ts'
import { openRequestOf } from '../store/lease-requests.ts'
import { showToast } from '../store/toasts.ts'
import { useApp, useClusters, useText, useTicking } from '../store/use-app.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import './lease-prompts.css'

/** SR-6: somebody asks for a cluster that is driven here. The one that ends first is asked first. */
export function LeasePrompts() {
  const text = useText()
  const { connection } = useApp()
  const isConnected = useStore(connection, ({ state }) => state === 'connected')
  // What was answered is still there until the lease is read again.
  const [answered, setAnswered] = useState<readonly string[]>([])
  const all = useClusters((state) => state.clusters)
  const clusters = all.filter((each) => !answered.includes(idOf(each)))
  const first = useTicking((now) => openIn(clusters, now)[0]?.context)
  const count = useTicking((now) => openIn(clusters, now).length)
  const cluster = clusters.find(({ context }) => context === first)
  if (cluster === undefined || !isConnected) return null
  return (
    <section className="lease-prompt" data-region aria-label={text('ask.label')}>
      <Prompt
        key={idOf(cluster)}
        cluster={cluster}
        more={count - 1}
        onAnswered={() => setAnswered([...answered, idOf(cluster)])}
      />
    </section>
  )
}

const idOf = ({ context, request }: ClusterView): string => `${context} ${request?.by} ${request?.at}`

function openIn(clusters: readonly ClusterView[], now: number): readonly ClusterView[] {
  return clusters
    .filter((each) => openRequestOf(each, now) !== undefined)
    .toSorted((a, b) => (a.request?.until ?? 0) - (b.request?.until ?? 0))
}

interface PromptProps {
  readonly cluster: ClusterView
  /** Others that ask for other clusters. */
  readonly more: number
  readonly onAnswered: () => void
}

function Prompt({ cluster: { context, request }, more, onAnswered }: PromptProps) {
  const app = useApp()
  const text = useText()
  if (request === undefined) return null
  const { by, until, reason } = request
  const asks = text('ask.asks', { by, cluster: context })
  const keep = async () => {
    const outcome = await app.bridge.call('cluster.answer', { context, handOver: false, reason: '' })
    if (outcome.ok) return onAnswered()
    const [title, detail] = [text('ask.refused', { cluster: context }), failureWords(text, outcome.error)]
    showToast(app.toasts, { id: `answer ${context}`, tone: 'failed', title, detail })
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
      <Button
        small
        kind="primary"
        label={`${text('ask.handOver')}…`}
        onPress={() => openOverlay(app, { kind: 'drive', context, drive: false })}
      />
      <Button small label={text('ask.keep')} onPress={() => void keep()} />
    </>
  )
}
