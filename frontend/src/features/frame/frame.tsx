import { Outlet } from "@tanstack/react-router";

export default function Frame() {
  return (
    <main className="cw-main" id="main" tabIndex={-1}>
      <Outlet />
    </main>
  );
}
