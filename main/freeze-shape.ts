import * as v from 'valibot'

const time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => Date.parse(text)),
)

/** Times in which nothing new goes out, absolute: `{"from": "2026-12-24T00:00:00Z", "until": …, "reason": "…"}`. */
export const freezes = v.pipe(
  v.array(
    v.pipe(
      v.strictObject({ from: time, until: time, reason: v.pipe(v.string(), v.trim(), v.minLength(1)) }),
      v.check(({ from, until }) => from < until),
    ),
  ),
  v.maxLength(1000),
)
