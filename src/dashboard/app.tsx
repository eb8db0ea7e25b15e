// The page around the views: navigation, what is known of the agent, and whether it answers.

import { route } from "./model/route.js";
import { ActionDialogs } from "./parts/action-dialogs.js";
import { ConnectionBanner } from "./parts/connection-banner.js";
import { Notices } from "./parts/notice.js";
import { Sidebar } from "./parts/sidebar.js";
import { ChartsView } from "./views/charts-view.js";
import { GraphView } from "./views/graph-view.js";
import { MemberPage } from "./views/member-page.js";
import { MembersView } from "./views/members-view.js";
import { ReachView } from "./views/reach-view.js";
import { TimelineView } from "./views/timeline-view.js";

/** All of the page. */
export function App() {
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <Sidebar />
      <main id="main" tabIndex={-1}>
        <ConnectionBanner />
        <CurrentView />
      </main>
      <Notices />
      <ActionDialogs />
    </>
  );
}

/** A button, and not a link within the page, since the hash of the page names the view. */
function skip(): void {
  document.getElementById("main")?.focus();
}

function CurrentView() {
  const current = route.value;
  switch (current.type) {
    case "members":
      return <MembersView />;
    case "graph":
      return <GraphView />;
    case "reach":
      return <ReachView />;
    case "timeline":
      return <TimelineView />;
    case "charts":
      return <ChartsView />;
    case "member":
      return <MemberPage key={current.address} address={current.address} />;
    default:
      current satisfies never;
      return null;
  }
}
