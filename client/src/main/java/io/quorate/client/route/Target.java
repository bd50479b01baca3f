package io.quorate.client.route;

import io.quorate.core.rule.Descriptor;

/** Where a call must go. */
public sealed interface Target {

    /** The leader of the group that decides a request of a namespace. */
    record ByNamespace(String namespace, Descriptor descriptor) implements Target {}

    /** The leader of a group, under this session of the client's and no other. */
    record InSession(int group, long sessionId) implements Target {}

    /** The leader of a group. */
    record Leader(int group) implements Target {}

    /**
     * The leader of a group, if possible: others answer too, as of what they know. What they answer doesn't
     * show that they lead.
     */
    record PreferLeader(int group) implements Target {}

    /** One node, and no other. */
    record AtNode(String node) implements Target {}
}
