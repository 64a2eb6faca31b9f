// What tells files of one name and size apart, and is read in no time: how they begin and end.
const PART = 256 * 1024;

// Empty where the browser has no hashes: on a page that came by plain http from elsewhere.
export async function endsOf(file) {
  if (!crypto.subtle) return "";
  const parts = await new Blob([file.slice(0, PART), file.slice(-PART)]).arrayBuffer();
  const hash = await crypto.subtle.digest("SHA-256", parts);
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

// As tus tells metadata: "ends", and then its value in base64.
export function endsIn(metadata) {
  const value = metadata.match(/(?:^|,)\s*ends (\S+?)(?:,|$)/)?.[1];
  return value && atob(value);
}
