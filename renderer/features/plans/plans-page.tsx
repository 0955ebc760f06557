import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import { planKeys } from '../../marks/plan-buttons.tsx'
import { newPlan } from '../../store/new-plan.ts'
import { byAttention } from '../../store/plans.ts'
import { hrefOf, planOf } from '../../store/route.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Message } from '../../ui/message.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { PlanDetail } from './plan-detail.tsx'
import { PlanList } from './plan-list.tsx'
import './plans.css'

/** All plans, those under way first, and one of them in full. */
export default function PlansPage({ id }: { readonly id: string | undefined }) {
  const app = useApp()
  const text = useText()
  const { plans, loaded, failed } = useStore(app.plans)
  const sorted = byAttention(plans)
  const current = id ?? sorted[0]?.id
  const summary = sorted.find((plan) => plan.id === current)
  usePlansKeys(sorted, summary)
  useLookForPlans()
  return (
    <div className="plans">
      <h1 className="unseen">{text('nav.plans')}</h1>
      {loaded && sorted.length > 0 && <PlanList plans={sorted} current={current} />}
      {current !== undefined ? (
        <PlanDetail key={current} id={current} summary={summary} />
      ) : (
        <NoPlan loaded={loaded} failed={failed} />
      )}
    </div>
  )
}

const lookEveryMs = 60_000

/** Plans that are begun elsewhere are looked for as long as the page is open. What is found comes by the stream of the list. */
function useLookForPlans(): void {
  const { bridge, clock } = useApp()
  useEffect(() => {
    let cancel = () => {}
    const look = () => {
      // Without an answer the list stays as it is, and the next look is a minute away.
      bridge.call('plans.list', undefined).catch(() => undefined)
      cancel = clock.after(lookEveryMs, look)
    }
    look()
    return () => cancel()
  }, [bridge, clock])
}

function usePlansKeys(plans: readonly PlanSummaryView[], current: PlanSummaryView | undefined): void {
  const app = useApp()
  const text = useText()
  const step = (by: 1 | -1) => () => {
    const next = plans[plans.findIndex(({ id }) => id === current?.id) + by]
    if (next !== undefined) app.goTo(hrefOf(planOf(next.id)))
  }
  const { H, W } = planKeys(app, text, current)
  useKeys({ J: step(1), K: step(-1), H, W, N: () => newPlan(app) })
}

/** UI-LOAD-2: nothing at first, then that it loads, after 10 s that no answer came. */
function useWait(): 'short' | 'long' | 'tooLong' {
  const { clock } = useApp()
  const [wait, setWait] = useState<'short' | 'long' | 'tooLong'>('short')
  useEffect(() => {
    const ends = [clock.after(150, () => setWait('long')), clock.after(10_000, () => setWait('tooLong'))]
    return () => {
      for (const end of ends) end()
    }
  }, [clock])
  return wait
}

function NoPlan({ loaded, failed }: { readonly loaded: boolean; readonly failed: string | undefined }) {
  const app = useApp()
  const text = useText()
  const wait = useWait()
  if (failed !== undefined || (!loaded && wait === 'tooLong')) {
    return (
      <Message icon="warn" title={text('plans.failed')}>
        <p>{failed ?? text('plans.noAnswer')}</p>
      </Message>
    )
  }
  if (!loaded) return wait === 'short' ? null : <p className="loading faint">{text('load.label')}</p>
  return (
    <Message
      icon="flag"
      title={text('plans.none')}
      choices={<Button kind="primary" icon="plus" hint="N" label={text('plans.new')} onPress={() => newPlan(app)} />}
    >
      <p>{text('plans.noneWhy')}</p>
    </Message>
  )
}
