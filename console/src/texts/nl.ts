// Every text of the console, in Dutch: the language of those who use it. One part a group of screens; en.ts has the same keys, held to it by
// the type system. Rules: console/README.md.
import { administrator } from "./nl/administrator";
import * as client from "./nl/client";
import { doubts } from "./nl/doubts";
import { events } from "./nl/events";
import { figures } from "./nl/figures";
import * as files from "./nl/files";
import * as frame from "./nl/frame";
import { mappings } from "./nl/mappings";
import { officer } from "./nl/officer";
import { partners } from "./nl/partners";
import { policy } from "./nl/policy";
import { restore } from "./nl/restore";
import { reasons } from "./nl/reasons";
import * as rights from "./nl/rights";
import * as sharing from "./nl/sharing";
import { team } from "./nl/team";
import { words } from "./nl/words";
import { work } from "./nl/work";

export const nl = { ...frame, ...client, ...sharing, ...files, words, events, rights, partners, work, officer, administrator, team, policy, restore, reasons, mappings, doubts, figures };

export type Texts = typeof nl;
