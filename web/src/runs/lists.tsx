export function RunsPage() {
  return null;
}
export function SpansPage() {
  return null;
}
export function SessionsPage() {
  return null;
}
