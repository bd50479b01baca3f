package io.quorate.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.quorate.server.metrics.MetricsPage;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of one connection of the admin port, on its event loop, which serves nothing else. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final MetricsPage metrics;
    private final NodeHealth health;
    private final AtomicInteger connections;
    private final int connectionsMax;

    AdminHandler(MetricsPage metrics, NodeHealth health, AtomicInteger connections, int connectionsMax) {
        this.metrics = metrics;
        this.health = health;
        this.connections = connections;
        this.connectionsMax = connectionsMax;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (connections.incrementAndGet() > connectionsMax) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connections.decrementAndGet();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        AdminPage page = page(request);
        boolean keepAlive =
                HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        ByteBuf body = ByteBufUtil.writeUtf8(ctx.alloc(), page.body());
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        var sent = ctx.writeAndFlush(response);
        if (!keepAlive) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private AdminPage page(FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            return AdminPage.error(400, "this is no HTTP request, or too large a one");
        }
        if (!request.method().equals(HttpMethod.GET)) {
            return AdminPage.error(405, "only GET is served");
        }
        String path = request.uri();
        int query = path.indexOf('?');
        try {
            return switch (query < 0 ? path : path.substring(0, query)) {
                case "/metrics" -> new AdminPage(200, MetricsPage.CONTENT_TYPE, metrics.scrape());
                case "/health" -> AdminPage.of("healthy", health.illnesses());
                case "/ready" -> AdminPage.of("ready", health.obstacles());
                default -> AdminPage.error(404, "there are /metrics, /health and /ready");
            };
        } catch (RuntimeException e) {
            LOG.error("the page {} failed", path, e);
            return AdminPage.error(500, "the node failed at this page; its log says why");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.debug("a connection of the admin port is closed", cause);
        }
        ctx.close();
    }
}
