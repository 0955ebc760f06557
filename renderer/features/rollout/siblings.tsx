import { useMemo } from 'react'
import type { RolloutView } from '#contract/views.ts'
import { shortName } from '../../format/short-name.ts'
import { statusWord, toneOf } from '../../format/status-words.ts'
import { StatusIcon } from '../../marks/status-mark.tsx'
import { hrefOf } from '../../store/route.ts'
import { useApp, useClusters, useFleet, useText } from '../../store/use-app.ts'
import { Kbd } from '../../ui/button.tsx'
import { useKeys } from '../../ui/use-keys.ts'

/** The same application in the other clusters, one key away. */
export function Siblings({ view }: { readonly view: RolloutView }) {
  const app = useApp()
  const text = useText()
  const rollouts = useFleet((state) => state.rollouts)
  const clusters = useClusters((state) => state.clusters)
  const siblings = useMemo(() => {
    const order = new Map(clusters.map((cluster, index) => [cluster.context, index]))
    return [...rollouts.values()]
      .filter((each) => each.name === view.name && each.namespace === view.namespace && each.kind === view.kind)
      .sort((a, b) => (order.get(a.context) ?? 0) - (order.get(b.context) ?? 0))
  }, [rollouts, clusters, view.name, view.namespace, view.kind])
  const step = (by: 1 | -1) => () => {
    const at = siblings.findIndex((each) => each.key === view.key)
    const next = siblings.at((at + by) % siblings.length)
    if (next !== undefined) app.goTo(hrefOf({ page: 'rollout', key: next.key }))
  }
  useKeys({ '[': step(-1), ']': step(1) })
  if (siblings.length < 2) return null
  return (
    <nav className="siblings" aria-label={text('rollout.siblings')}>
      <Kbd>[</Kbd>
      {siblings.slice(0, 12).map((each) => (
        <a
          key={each.key}
          href={hrefOf({ page: 'rollout', key: each.key })}
          aria-current={each.key === view.key ? 'page' : undefined}
          title={`${each.context}, ${statusWord(text, each.status)}`}
        >
          <span className={`ink-${toneOf(each.status)} row`}>
            <StatusIcon status={each.status} />
          </span>
          <span aria-hidden>{shortName(each.context)}</span>
          <span className="unseen">{`${each.context}, ${statusWord(text, each.status)}`}</span>
        </a>
      ))}
      <Kbd>]</Kbd>
    </nav>
  )
}
