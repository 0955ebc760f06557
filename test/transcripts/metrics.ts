import { startPrometheus } from '#test/support/prometheus.ts'
import { eventually } from '#test/support/until.ts'

/** A Prometheus and what it finds. */
export interface Metrics {
  readonly url: string
  /** Adds or changes some; returns once it answers with them. */
  expose(values: Readonly<Record<string, number>>): Promise<void>
  close(): Promise<void>
}

/** The program is the one that ARGOSY_PROMETHEUS names, else the one on PATH. */
export async function startMetrics(): Promise<Metrics> {
  const found = new Map<string, number>()
  const exposition = () => [...found].map(([name, value]) => `${name} ${value}\n`).join('')
  const prometheus = await startPrometheus(exposition, {
    program: process.env['ARGOSY_PROMETHEUS'] ?? 'prometheus',
  })
  const answers = async (name: string, value: number) => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${name}`)
    return (await answer.text()).includes(`"${value}"`)
  }
  return {
    url: prometheus.url,
    close: () => prometheus.close(),
    async expose(values) {
      for (const [name, value] of Object.entries(values)) found.set(name, value)
      for (const [name, value] of Object.entries(values))
        await eventually(`Prometheus knows ${name} ${value}`, () => answers(name, value))
    },
  }
}
