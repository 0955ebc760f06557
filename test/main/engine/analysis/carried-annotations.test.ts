import { expect, it } from 'vitest'
import { carriedAnnotations } from '#engine/analysis/carried-annotations.ts'
import { aClusterTemplate, aMetric, anAnalysisTemplate } from '#test/support/builders/analysis.ts'

const annotated = <T extends ReturnType<typeof anAnalysisTemplate>>(template: T, annotations: object): T => ({
  ...template,
  metadata: { ...template.metadata, annotations },
})

it('a run carries what each of its templates says to Argosy, and nothing when none says anything', () => {
  const plain = anAnalysisTemplate('plain', { metrics: [aMetric({ name: 'c' })] })
  const first = annotated(anAnalysisTemplate('first', { metrics: [aMetric({ name: 'a' }), aMetric({ name: 'b' })] }), {
    'argosy.dev/metrics-via': 'service/monitoring/prometheus:9090',
    'argosy.dev/judge': 'a: {}',
  })
  const second = annotated(aClusterTemplate('second', {}), { 'argosy.dev/judge': 'c: {}', other: 'not carried' })
  expect(carriedAnnotations({ namespaced: [plain, first], cluster: [second] })).toEqual({
    ok: true,
    value: {
      'argosy.dev/judge': 'a: {}\n---\nc: {}',
      'argosy.dev/metrics-via': '{"a":"service/monitoring/prometheus:9090","b":"service/monitoring/prometheus:9090"}',
    },
  })
  expect(carriedAnnotations({ namespaced: [plain], cluster: [] })).toEqual({ ok: true, value: {} })
})

it('a run has one score: templates that want the same one carry it once, others are told apart', () => {
  const wanting = (name: string, score: string) =>
    annotated(anAnalysisTemplate(name, {}), { 'argosy.dev/judge-score': score })
  const cluster = [annotated(aClusterTemplate('c', {}), { 'argosy.dev/judge-score': 'pass: 90' })]
  const namespaced = [wanting('a', 'pass: 90\n'), anAnalysisTemplate('plain', {})]
  expect(carriedAnnotations({ namespaced, cluster })).toEqual({
    ok: true,
    value: { 'argosy.dev/judge-score': 'pass: 90' },
  })
  expect(carriedAnnotations({ namespaced: [...namespaced, wanting('b', 'pass: 80')], cluster })).toEqual({
    ok: false,
    error: "argosy.dev/judge-score: 'a' and 'b' want different scores",
  })
})
