import { describe, expect, it } from 'vitest'
import type { Happening } from '#main/app/happenings.ts'
import { type DesktopNotice, NoticeBatches, noticeOf } from '#main/app/notice-batches.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const degraded = (name: string): Happening => ({
  kind: 'degraded',
  id: `${name} degraded`,
  what: `${name} in eu`,
  detail: 'ProgressDeadlineExceeded',
  address: `#/rollout/eu/shop/${name}`,
})

function gathering() {
  const clock = new VirtualClock()
  const shown: DesktopNotice[] = []
  return { clock, shown, batches: new NoticeBatches({ clock, show: (notice) => void shown.push(notice) }) }
}

describe('notifications of the desktop', () => {
  it('one thing says what it is, and a click leads to it', async () => {
    const { clock, shown, batches } = gathering()
    batches.add([degraded('shop')])
    await clock.advance(1900)
    expect(shown).toEqual([])
    await clock.advance(200)
    expect(shown).toEqual([
      { title: 'shop in eu is degraded', body: 'ProgressDeadlineExceeded', address: '#/rollout/eu/shop/shop' },
    ])
  })

  it('fifty in ten seconds are one, with their count', async () => {
    const { clock, shown, batches } = gathering()
    for (let at = 0; at < 50; at++) {
      batches.add([degraded(`app-${at}`)])
      await clock.advance(200)
    }
    await clock.advance(60_000)
    expect(shown).toHaveLength(1)
    expect(shown[0]).toMatchObject({ title: '50 things to look at', address: '#/fleet' })
    expect(shown[0]?.body.split('\n')).toHaveLength(6)
    expect(shown[0]?.body).toMatch(/^app-0 in eu is degraded\n[^]*\nand 45 more$/)
  })

  it('a storm without end is at most four a minute, and none of it is lost', async () => {
    const { clock, shown, batches } = gathering()
    for (let second = 0; second < 600; second++) {
      batches.add([degraded(`app-${second}`)])
      await clock.advance(1000)
    }
    await clock.advance(60_000)
    expect(shown.length).toBeLessThanOrEqual(41)
    const counts = shown.map(({ title }) => Number(/^\d+/.exec(title)?.[0] ?? 1))
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(600)
  })

  it('what comes and goes is told once in ten minutes', async () => {
    const { clock, shown, batches } = gathering()
    for (let at = 0; at < 9; at++) {
      batches.add([degraded('shop')])
      await clock.advance(60_000)
    }
    expect(shown).toHaveLength(1)
    await clock.advance(60_000)
    batches.add([degraded('shop')])
    await clock.advance(5000)
    expect(shown).toHaveLength(2)
  })

  it('more than a thousand are counted, not kept', async () => {
    const { clock, shown, batches } = gathering()
    batches.add(Array.from({ length: 5000 }, (_, at) => degraded(`app-${at}`)))
    await clock.advance(2000)
    expect(shown[0]?.title).toBe('5000 things to look at')
  })

  it('shows nothing of what was cleared', async () => {
    const { clock, shown, batches } = gathering()
    batches.add([degraded('shop')])
    batches.clear()
    await clock.advance(60_000)
    expect(shown).toEqual([])
  })

  it('several about one page lead to it', () => {
    const aborted: Happening = { ...degraded('shop'), kind: 'aborted', id: 'other' }
    expect(noticeOf([degraded('shop'), aborted])?.address).toBe('#/rollout/eu/shop/shop')
    expect(noticeOf([])).toBeUndefined()
  })
})
