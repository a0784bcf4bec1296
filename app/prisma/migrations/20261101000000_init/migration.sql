-- CreateEnum
CREATE TYPE "presence_status" AS ENUM ('online', 'idle', 'dnd', 'offline');

-- CreateTable
CREATE TABLE "presence_event" (
    "id" BIGSERIAL NOT NULL,
    "user_id" TEXT NOT NULL,
    "guild_id" TEXT NOT NULL,
    "status" "presence_status" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "idempotency_key" TEXT,
    "request_digest" BYTEA,

    CONSTRAINT "presence_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "presence" (
    "guild_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "status" "presence_status" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "presence_pkey" PRIMARY KEY ("guild_id","user_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "presence_event_idempotency_key_key" ON "presence_event"("idempotency_key");

-- CreateIndex
CREATE INDEX "presence_event_user_id_at_id_idx" ON "presence_event"("user_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "presence_user_id_idx" ON "presence"("user_id");

-- CreateIndex
CREATE INDEX "presence_guild_id_status_idx" ON "presence"("guild_id", "status");
