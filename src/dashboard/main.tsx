// The start of the page: styles, the session with the agent, and the first drawing.

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/table.css";
import "./styles/parts.css";
import "./styles/views.css";
import "./styles/graph.css";
import { render } from "preact";
import { App } from "./app.js";
import { followHash } from "./model/route.js";
import { startSession } from "./model/session.js";
import { followTheme } from "./model/theme.js";

const place = document.getElementById("app");
if (place !== null) {
  followTheme();
  followHash();
  startSession();
  render(<App />, place);
}
