/**
 * Two capital letters for a cluster: the initials of its last two parts, `prod-eu-west` → `EW`, or its first two letters
 * when it has one part. Cloud names like `arn:aws:eks:…:cluster/shop-eu` count from the last `/` on.
 */
export function shortName(context: string): string {
  const parts = (context.split('/').at(-1) ?? context).split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '')
  const letters =
    parts.length > 1 ? parts.slice(-2).map((part) => Array.from(part)[0]) : Array.from(parts[0] ?? context).slice(0, 2)
  return letters.join('').toUpperCase()
}
