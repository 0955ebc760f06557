import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { type BundleWish, planBundle } from '#main/bundle/make-bundle.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { htmlReport } from '#main/report/html-report.ts'
import { markdownReport, plain } from '#main/report/markdown-report.ts'
import { reportData } from '#main/report/report-data.ts'
import { aRecordedRelease, planted, type RecordedRelease, webIn } from '#test/support/recorded-release.ts'
import { T0 } from '#test/support/virtual-clock.ts'

function dataOf({ history, clock }: RecordedRelease, wish: BundleWish) {
  const plan = planBundle(history, wish, clock)
  if (!plan.ok) throw new Error(plan.error.message)
  return reportData(history, plan.value)
}

const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-web', controller: true }
const wholeDay: BundleWish = { kind: 'time', from: T0 - 1000, until: T0 + 86_400_000 }
/** What somebody may write into a reason, to see what becomes of it. */
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>"' &amp; \u202Egnp.exe [x](javascript:alert(3)) \`\`\` | http://evil.example/?a=1`

describe('a report', () => {
  it('holds what led to an abort: time line, who and why, what changed, how far it came', async () => {
    const data = dataOf(await aRecordedRelease(), { kind: 'rollout', key: webIn('eu') })
    expect(data.releases).toHaveLength(1)
    const [html, markdown] = [htmlReport(data), markdownReport(data)]
    for (const report of [html, markdown]) {
      for (const each of ['shop/web in eu', 'errors', 'ada', 'Aborted', '1.0.0 → 2.0.0', '2026-01-15 10:01:30'])
        expect(report).toContain(each)
      expect(report).not.toContain('of somebody else')
      expect(report).toMatch(/acts: unbroken, \d entries, head journal:\d+:[0-9a-f]{64}/)
    }
    expect(markdown).toContain('| \\~ | web | 1 | 2 |')
    expect(html).toContain('<td>web</td><td>1</td><td>2</td>')
    expect(html).toMatch(/<path class="line" d="M44 \d+/)
    expect(markdown.split('\n').filter((line) => line.startsWith('## '))).toEqual(
      ['Summary', 'Impact', 'Time line', 'What changed', 'Metrics', 'Decisions', 'Causes', 'Follow-ups'].map(
        (each) => `## ${each}`,
      ),
    )
  })

  it('draws what the analyses measured, and which of it did not pass', async () => {
    const release = await aRecordedRelease()
    const { history, clock } = release
    const recorder = createObjectRecorder({ history, clock })
    const measurements = [0.99, 0.98, 0.42].map((value, index) => ({
      phase: value > 0.5 ? ('Successful' as const) : ('Failed' as const),
      value: String(value),
      finishedAt: new Date(T0 + 62_000 + index * 8000).toISOString(),
    }))
    const metadata = { name: 'web-2-<b>', namespace: 'shop', uid: 'run-1', ownerReferences: [owner] }
    const run = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata, spec: { metrics: [] } }
    const status = { phase: 'Failed', metricResults: [{ name: 'success|rate', phase: 'Failed', measurements }] }
    recorder.seen('eu', 'analysisRuns', { ...run, status } as KubeObject, T0 + 61_000)
    recorder.stop()
    const data = dataOf(release, { kind: 'rollout', key: webIn('eu') })
    expect(data.releases[0]?.metrics).toMatchObject([{ run: 'web-2-<b>', name: 'success|rate', phase: 'Failed' }])
    const html = htmlReport(data)
    expect(html).toContain('3 measurements of web-2-&lt;b&gt;')
    expect(html.match(/<circle class="dot"/g)).toHaveLength(2)
    expect(html.match(/<circle class="bad"/g)).toHaveLength(1)
    expect(markdownReport(data)).toContain('| success\\|rate | web-2-\\<b\\> | Failed | 3 | 1 | 0.42 |')
  })

  it('of a plan tells of all that it moved, and of a day of everything', async () => {
    const release = await aRecordedRelease()
    const plan = htmlReport(dataOf(release, { kind: 'plan', plan: 'web 2' }))
    expect(plan).toContain('the plan is Running')
    expect(plan.match(/class="release"/g)).toHaveLength(2)
    expect(dataOf(release, wholeDay).acts.map(({ name }) => name)).toEqual(['web', 'cart', 'web'])
  })

  it('needs nothing but itself: no script, nothing that is fetched, and a policy that forbids both', async () => {
    const html = htmlReport(dataOf(await aRecordedRelease(), wholeDay))
    expect(html).toMatch(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'"/,
    )
    expect(html).not.toMatch(/<(script|iframe|object|embed|link|img|form|a|base)\b|\son\w+=|url\(|@import|javascript:/i)
  })

  it('shows what somebody wrote as text, whatever it is', async () => {
    const data = dataOf(await aRecordedRelease(undefined, hostile), wholeDay)
    const html = htmlReport(data)
    expect(html).toContain(
      '&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;&quot;&#39; &amp;amp;',
    )
    expect(html).not.toMatch(/<(script|img)|\u202E/)
    const markdown = markdownReport(data)
    expect(markdown).toContain('\\<script\\>alert(1)\\</script\\>')
    expect(markdown).toContain('\\[x\\](javascript:alert(3))')
    expect(markdown).not.toMatch(/(?<!\\)<|(?<!\\)\[x|(?<!\\)`|http:\/\/|\u202E/)
    const rows = markdown.split('\n').filter((line) => line.includes('alert(1)') && line.startsWith('|'))
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)?.length).toBeLessThanOrEqual(5)
  })

  it('UI-HIST-6: holds no planted value', async () => {
    const data = dataOf(await aRecordedRelease(undefined, `password=${planted.password}`), wholeDay)
    for (const report of [htmlReport(data), markdownReport(data)])
      for (const value of Object.values(planted)) expect(report).not.toContain(value)
  })

  it.each([
    ['a\nb\u0000c', 'a b c'],
    ['# not a title', '\\# not a title'],
    ['1. not a list', '1\\. not a list'],
    ['- not a list', '\\- not a list'],
    ['www.evil.example', 'www\\.evil.example'],
    ['registry.io/team/web:1.2', 'registry.io/team/web:1.2'],
  ])('plain text in Markdown: %j', (text, shown) => {
    expect(plain(text)).toBe(shown)
  })
})
