import { useState } from 'react'
import { parseRolloutKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import { type DiffTab, diffTabs, hrefOf } from '../../store/route.ts'
import { useApp, useRollout, useRolloutDetail, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { Segments } from '../../ui/segments.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { Comparison } from './comparison.tsx'
import { type ChosenFile, type DiffRoute, sidesOf, tabOf, withDefaults } from './diff-sides.ts'
import { AcrossClusters, FleetDrift } from './drift.tsx'
import { FileBar, MomentsBar } from './other-sides.tsx'
import { RevisionLine } from './revision-line.tsx'
import './diff.css'

interface DiffPageProps {
  readonly route: DiffRoute
}

/** Any two states of a rollout, or one in all its clusters: meaning first, then the text (UI-DIFF). */
export default function DiffPage({ route }: DiffPageProps) {
  const app = useApp()
  const text = useText()
  if (route.key !== undefined) return <OfRollout rolloutKey={route.key} route={route} />
  if (route.tab === 'clusters') return <FleetDrift />
  return (
    <Message
      icon="diff"
      title={text('diff.none')}
      choices={
        <>
          <Button kind="primary" icon="grid" label={text('rollout.toFleet')} onPress={() => app.goTo('#/fleet')} />
          <Button icon="drift" label={text('drift.fleetTitle')} onPress={() => app.goTo(fleetDriftHref)} />
        </>
      }
    >
      <p>{text('rollout.noneWhy')}</p>
    </Message>
  )
}

const nowhere = { left: undefined, right: undefined, rightKey: undefined } as const
const fleetDriftHref = hrefOf({ page: 'diff', key: undefined, ...nowhere, tab: 'clusters' })

function OfRollout({ rolloutKey, route }: DiffPageProps & { readonly rolloutKey: RolloutKey }) {
  const app = useApp()
  const [opened] = useState(() => app.clock.now())
  const [file, setFile] = useState<ChosenFile>()
  const detail = useRolloutDetail(rolloutKey)
  const shown = detail.state === 'there' ? detail.value : undefined
  const tab = tabOf(route)
  const chosen = withDefaults(route, shown, opened)
  const sides = sidesOf(rolloutKey, route, chosen, file)
  const move = (to: Partial<typeof chosen>) => app.goTo(hrefOf({ ...route, ...chosen, ...to }))
  const swap = () =>
    route.rightKey === undefined
      ? move({ left: chosen.right, right: chosen.left })
      : app.goTo(
          hrefOf({
            ...route,
            ...nowhere,
            key: route.rightKey,
            rightKey: rolloutKey,
            left: chosen.right,
            right: chosen.left,
          }),
        )
  const isWhole = tab === 'clusters' && route.rightKey === undefined
  return (
    <div className="diff">
      <DiffHead rolloutKey={rolloutKey} route={route} onSwap={tab === 'file' || isWhole ? undefined : swap} />
      {tab === 'revisions' && <RevisionLine detail={shown} left={chosen.left} right={chosen.right} onMove={move} />}
      {tab === 'file' && <FileBar file={file} onFile={setFile} />}
      {tab === 'moments' && <MomentsBar left={chosen.left} right={chosen.right} opened={opened} onMove={move} />}
      {isWhole ? (
        <AcrossClusters rolloutKey={rolloutKey} />
      ) : (
        <Comparison rolloutKey={rolloutKey} sides={sides} isWaitedFor={tab !== 'file'} />
      )}
    </div>
  )
}

interface DiffHeadProps extends DiffPageProps {
  readonly rolloutKey: RolloutKey
  /** Absent where A and B have their places. */
  readonly onSwap: (() => void) | undefined
}

function DiffHead({ rolloutKey, route, onSwap }: DiffHeadProps) {
  const app = useApp()
  const text = useText()
  const at = parseRolloutKey(rolloutKey)
  const drifts = useRollout(rolloutKey)?.drift === true
  const open = (tab: DiffTab) => app.goTo(hrefOf({ page: 'diff', key: rolloutKey, ...nowhere, tab }))
  useKeys({ X: onSwap, ...Object.fromEntries(diffTabs.map((tab, index) => [`${index + 1}`, () => open(tab)])) })
  return (
    <section className="diff-head" data-region>
      <a className="link" href="#/fleet">
        {text('nav.fleet')}
      </a>
      <Icon name="chev-r" className="faint" />
      <a className="link cut" href={hrefOf({ page: 'rollout', key: rolloutKey })}>
        {at?.name}
      </a>
      <Icon name="chev-r" className="faint" />
      <h1>{text('nav.diff')}</h1>
      <span className="chip cut" title={at?.context}>
        {at?.context}
      </span>
      {route.rightKey !== undefined && (
        <>
          <span className="faint">→</span>
          <span className="chip cut" title={parseRolloutKey(route.rightKey)?.context}>
            {parseRolloutKey(route.rightKey)?.context}
          </span>
          <Button small icon="drift" label={text('drift.back')} onPress={() => open('clusters')} />
        </>
      )}
      {drifts && route.rightKey === undefined && <Icon name="drift" className="ink-paused" />}
      <span className="space" />
      <Segments
        label={text('diff.tabs')}
        value={tabOf(route)}
        onChange={open}
        segments={diffTabs.map((value) => ({ value, label: text(`diff.tab.${value}`) }))}
      />
      {onSwap && <Button small hint="X" label={text('diff.swap')} onPress={onSwap} />}
    </section>
  )
}
