import { useState } from 'react'
import { parseRolloutKey } from '#contract/keys.ts'
import type { DiffView, RolloutDetailView, RolloutKey } from '#contract/views.ts'
import { failureWords } from '../../format/failure-words.ts'
import { type DiffRevision, hrefOf, type Route } from '../../store/route.ts'
import { type Loaded, useAnswer, useApp, useRolloutDetail, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { DiffLines } from './diff-lines.tsx'
import { RevisionLine } from './revision-line.tsx'
import { Summary } from './summary.tsx'
import './diff.css'

interface DiffPageProps {
  readonly route: Route & { readonly page: 'diff' }
}

/** Two revisions of one rollout: meaning first, then the text (UI-DIFF). */
export default function DiffPage({ route }: DiffPageProps) {
  const app = useApp()
  const text = useText()
  const detail = useRolloutDetail(route.key)
  if (route.key === undefined) {
    return (
      <Message
        icon="diff"
        title={text('diff.none')}
        choices={
          <Button kind="primary" icon="grid" label={text('rollout.toFleet')} onPress={() => app.goTo('#/fleet')} />
        }
      >
        <p>{text('rollout.noneWhy')}</p>
      </Message>
    )
  }
  const shown = detail.state === 'there' ? detail.value : undefined
  const left = route.left ?? shown?.view.stableRevision ?? shown?.revisions.at(-1)?.revision
  const right = route.right ?? shown?.view.revision
  return <Compare rolloutKey={route.key} route={route} detail={shown} left={left} right={right} />
}

interface CompareProps extends DiffPageProps {
  readonly rolloutKey: RolloutKey
  readonly detail: RolloutDetailView | undefined
  readonly left: DiffRevision | undefined
  readonly right: DiffRevision | undefined
}

function Compare({ rolloutKey, route, detail, left, right }: CompareProps) {
  const app = useApp()
  const text = useText()
  const at = parseRolloutKey(rolloutKey)
  const move = (sides: { readonly left?: DiffRevision | undefined; readonly right?: DiffRevision | undefined }) =>
    app.goTo(hrefOf({ ...route, left, right, ...sides }))
  const rightKey = route.rightKey ?? rolloutKey
  const diff = useAnswer<DiffView>(`${rolloutKey} ${rightKey} ${left} ${right}`, async () => {
    if (left === undefined || right === undefined) return { state: 'loading' }
    const sides = { left: { key: rolloutKey, revision: left }, right: { key: rightKey, revision: right } }
    const outcome = await app.bridge.call('revision.diff', sides)
    return outcome.ok ? { state: 'there', value: outcome.value } : { state: 'failed', failure: outcome.error }
  })
  return (
    <div className="diff">
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
        <span className="chip cut">{at?.context}</span>
        <span className="space" />
        <Button
          small
          icon="rollback"
          hint="X"
          label={text('diff.swap')}
          onPress={() => move({ left: right, right: left })}
        />
      </section>
      <RevisionLine detail={detail} left={left} right={right} onMove={move} />
      <DiffBody diff={diff} />
    </div>
  )
}

function DiffBody({ diff }: { readonly diff: Loaded<DiffView> }) {
  const text = useText()
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set())
  if (diff.state === 'loading' || diff.state === 'gone') return <p className="loading faint">{text('load.label')}</p>
  if (diff.state === 'failed') {
    return (
      <Message icon="warn" title={text('diff.failed')}>
        <p>{diff.failure.kind === 'Bridge' ? diff.failure.message : failureWords(text, diff.failure)}</p>
      </Message>
    )
  }
  return (
    <div className="diff-body">
      <Summary diff={diff.value} />
      <DiffLines
        key={`${diff.value.left.title} ${diff.value.right.title}`}
        diff={diff.value}
        unfolded={unfolded}
        onUnfold={(start) => setUnfolded(new Set([...unfolded, start]))}
      />
    </div>
  )
}
