package io.perdure.server.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.PlatformDependent;
import io.perdure.server.config.Limits;
import io.perdure.server.config.Listener;
import io.perdure.server.connection.ConnectionLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of a broker and its listeners, on epoll where it loads and on NIO elsewhere.
 *
 * <p>Started and closed by one thread. Bound: the number of connections; of those that are too many, a few at a time are kept
 * for long enough to be told so, and others are closed at once.
 */
public final class Transport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    private static final int RECEIVE_BYTES = 64 * 1024;
    private static final int BACKLOG = 1024;
    /** So many surplus connections at a time get an answer to their CONNECT. */
    private static final int SURPLUS_CONNECTIONS = 64;
    /** One part in so many of the direct memory may hold output that peers don't take, another one parts of packets. */
    private static final int SHARE_OF_DIRECT_MEMORY = 4;

    private static final long TICK_MS = 500;
    private static final long GOODBYE_MS = 500;
    private static final long SHUTDOWN_MS = 1000;

    private final MultiThreadIoEventLoopGroup group;
    private final Class<? extends ServerChannel> serverChannel;
    private final Limits limits;
    private final IdentityHashMap<EventExecutor, ConnectionLoop> loops = new IdentityHashMap<>();
    private final IdentityHashMap<EventExecutor, LoopMemory> memories = new IdentityHashMap<>();
    private final List<ScheduledFuture<?>> ticks = new ArrayList<>();
    private final List<Channel> listening = new ArrayList<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final ChannelGroup surplus = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /**
     * Starts the event loops.
     *
     * @param threads how many
     * @param shared what their connections share
     */
    public Transport(int threads, Limits limits, ConnectionLoop.Shared shared) {
        this.limits = limits;
        boolean epoll = Epoll.isAvailable();
        this.serverChannel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("perdure-loop"), handlers);
        for (EventExecutor executor : group) {
            loops.put(executor, new ConnectionLoop(new LoopLane((EventLoop) executor), shared));
            long share = PlatformDependent.maxDirectMemory() / SHARE_OF_DIRECT_MEMORY / threads;
            memories.put(executor, new LoopMemory(share, share));
        }
        loops.forEach((executor, loop) ->
                ticks.add(executor.scheduleAtFixedRate(loop::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS)));
    }

    /**
     * Opens a listener.
     *
     * @return its address, with the port that it got if 0 was asked for
     * @throws IOException if it can't be opened; the message is one line that names the address and says what to do
     */
    public InetSocketAddress listen(Listener listener) throws IOException {
        InetSocketAddress address = new InetSocketAddress(listener.host(), listener.port());
        if (address.isUnresolved()) {
            throw new IOException(listener + ": no such host; give an address of this machine, or 0.0.0.0 for all");
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(serverChannel)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.sendBufferBytes() / 2, limits.sendBufferBytes()))
                .childHandler(new Accepting());
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException(listener + ": " + explain(cause), cause);
        }
        listening.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    private static String explain(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("in use")) {
            return "the port is in use; stop the program that has it, or give another port";
        }
        if (text.contains("assign")) {
            return "not an address of this machine; give one of its own, or 0.0.0.0 for all";
        }
        if (text.contains("denied")) {
            return "not permitted; give a port of 1024 or above";
        }
        return "can't listen: " + text;
    }

    /**
     * Stops: no new connections, then a word of farewell to those that are there, then the event loops. Takes 1.5 s at
     * most. What the connections have given to the ledger is under way when {@link #stopConnections} returns.
     */
    @Override
    public void close() {
        stopConnections();
        ticks.forEach(tick -> tick.cancel(false));
        connections.newCloseFuture().awaitUninterruptibly(GOODBYE_MS);
        group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(SHUTDOWN_MS);
    }

    /** Closes the listeners and ends all connections. */
    public void stopConnections() {
        listening.forEach(channel -> channel.close().awaitUninterruptibly(GOODBYE_MS));
        listening.clear();
        CountDownLatch stopped = new CountDownLatch(loops.size());
        loops.forEach((executor, loop) -> executor.execute(() -> {
            loop.stop();
            stopped.countDown();
        }));
        try {
            // an event loop that is stuck must not keep the store from being closed
            boolean inTime = stopped.await(GOODBYE_MS, TimeUnit.MILLISECONDS);
            if (!inTime) {
                LOG.warn("event loops did not stop within {} ms", GOODBYE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sets up what was accepted. */
    private final class Accepting extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            ConnectionLoop loop = loops.get(channel.eventLoop());
            LoopMemory memory = memories.get(channel.eventLoop());
            boolean full = connections.size() >= limits.maximumConnections();
            if (loop == null || memory == null || (full && surplus.size() >= SURPLUS_CONNECTIONS)) {
                channel.unsafe().closeForcibly();
                return;
            }
            (full ? surplus : connections).add(channel);
            channel.pipeline().addLast(new SocketWire(channel, loop, memory, full));
        }
    }
}
