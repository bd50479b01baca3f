package io.quorate.client.route;

import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Welcome;
import java.util.List;

/** What happens to a link; called on the loop. After {@code lost} nothing more happens. */
public interface LinkEvents {

    /** The node shook hands. */
    void ready(Link link, Welcome welcome);

    /** The node answered a call that was sent and not abandoned. */
    void answered(Call call, Response response);

    /** The node told what no call asked for. */
    void pushed(Push push);

    /** The connection ended, or never came about. {@code unanswered} had been sent, in that order. */
    void lost(Link link, String reason, List<Call> unanswered);
}
