export function SpansPage() {
  return null;
}
