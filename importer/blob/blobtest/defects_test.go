package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
)

// Shorthands of what the methods of a store are once the store is an argument.
type (
	putFunc  = func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error)
	openFunc = func(s blob.Store, ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error)
	listFunc = func(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error)
)

// defects lists what a backend may get wrong, at least one for each case.
func defects() map[string]defect {
	return map[string]defect{
		"translates newlines":           {caughtBy: "content round trip", put: changedContent(toLF)},
		"refuses nothing as content":    {caughtBy: "content of nothing", put: refuseEmpty},
		"reads one buffer only":         {caughtBy: "content that is large", put: changedContent(firstMiB)},
		"keeps the buffer it was given": keepBuffer(),
		"Stat forgets the size":         {caughtBy: "description is the same everywhere", stat: statWithoutSize},
		"other error for a missing key": {caughtBy: "missing key is not found", stat: statOpaque},
		"Delete does nothing":           {caughtBy: "delete removes", del: deleteNothing},
		"Delete takes the folder":       {caughtBy: "delete leaves others alone", del: deleteFolder},

		"writes in place":              {caughtBy: "replacement is invisible until complete", put: putInPlace},
		"reader follows the key":       {caughtBy: "replacement leaves open readers alone", open: openLate},
		"ETag from the size":           {caughtBy: "replacement changes the ETag", put: etagOfSize},
		"keeps half of the content":    {caughtBy: "failing source leaves the old content", put: keepHalf},
		"keeps half of a new content":  {caughtBy: "failing source of a new key leaves nothing", put: keepHalf},
		"has no limit":                 {caughtBy: "content over the limit", put: limitPlus(1 << 40)},
		"has a limit of one more":      {caughtBy: "content over the limit", put: limitPlus(1)},
		"has a limit of one less":      {caughtBy: "content that fits exactly", put: limitPlus(-1)},
		"takes a negative limit":       {caughtBy: "negative limit is refused", put: anyLimit},
		"refuses a Put beside another": {caughtBy: "last Put to finish wins", put: oneAtATime()},

		"never asks":                   {caughtBy: "replacement is asked for when complete", put: neverAsk},
		"asks when it is replaced":     {caughtBy: "replacement is asked for when complete", put: askAfterwards},
		"asks while it is busy":        {caughtBy: "replacement is asked for when complete", put: oneAtATime()},
		"asks without the context":     {caughtBy: "replacement is asked for when complete", put: askWithoutContext},
		"does not hear the answer":     {caughtBy: "refused replacement leaves the old content", put: changedAnswer(nil)},
		"has words of its own":         {caughtBy: "refused replacement leaves the old content", put: changedAnswer(errors.New("refused"))},
		"asks before the content came": {caughtBy: "replacement is not asked for after a failure", put: askBefore},

		"ignores the offset":      {caughtBy: "offset within the content", open: changedOptions(func(o *blob.OpenOptions) { o.Offset = 0 })},
		"offset of 16 bits":       {caughtBy: "offset in large content", open: changedOptions(func(o *blob.OpenOptions) { o.Offset &= 0xffff })},
		"no bytes behind the end": {caughtBy: "offset outside the content", open: emptyOutside},
		"never matches":           {caughtBy: "content that matches its ETag", open: changedOptions(func(o *blob.OpenOptions) { o.IfMatch += "x" })},
		"ignores IfMatch":         {caughtBy: "content that has changed", open: changedOptions(func(o *blob.OpenOptions) { o.IfMatch = "" })},

		"cleans keys":                {caughtBy: "hostile keys are refused", put: cleanKeys},
		"checks no prefix":           {caughtBy: "hostile prefixes are refused", list: anyPrefix},
		"hides dot files":            {caughtBy: "unusual keys are kept", list: changedList(withoutDotFiles)},
		"replaces a folder by a key": {caughtBy: "key as a folder of another", put: replaceFolder},

		"lists what is not there":      {caughtBy: "list of nothing", list: changedList(withFolder)},
		"lists in order of folders":    {caughtBy: "list is in byte order of keys", list: changedList(inFolderOrder)},
		"takes a prefix for a folder":  {caughtBy: "list by prefix and place", list: listFolder},
		"goes on at the place":         {caughtBy: "list by prefix and place", list: listFrom},
		"gives one less on each page":  {caughtBy: "list in pages", list: shortPages},
		"has no bound":                 {caughtBy: "list bounds its pages", list: unboundedList},
		"goes on at a key that exists": {caughtBy: "list while keys come and go", list: listAfterExisting},

		"ignores the context":          {caughtBy: "ended context is refused", put: putWithoutContext},
		"ignores its end during a Put": {caughtBy: "context that ends during a Put", put: checkContextFirst},
		"ignores its end at the end":   {caughtBy: "context that ends with the source", put: checkContextFirst},

		"shows half a replacement": {caughtBy: "concurrent writers of one key", put: putInPlace},
		"loses every tenth Put":    {caughtBy: "concurrent writers of many keys", put: loseEveryTenth()},
		"removes another's folder": {caughtBy: "concurrent Put and Delete in one folder", put: putAndYield, del: deleteFolder},

		"verifies after the fact": {caughtBy: "concurrent Put and Delete of one key", put: putAndLook},

		"forgets":                     {caughtBy: "content survives a restart", reopen: func(blob.Store) blob.Store { return memblob.New(nil) }},
		"counts ETags from one again": {caughtBy: "ETags differ across a restart", reopen: func(blob.Store) blob.Store { return memblob.New(nil) }},
	}
}

// changedContent stores what change makes of the content.
func changedContent(change func([]byte) []byte) putFunc {
	return func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
		content, err := io.ReadAll(r)
		if err != nil {
			return blob.Info{}, err
		}

		return s.Put(ctx, key, bytes.NewReader(change(content)), opts)
	}
}

func toLF(content []byte) []byte {
	return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
}

func firstMiB(content []byte) []byte {
	return content[:min(len(content), 1<<20)]
}

func refuseEmpty(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	content, err := io.ReadAll(r)
	if len(content) == 0 {
		return blob.Info{}, errors.Join(err, errors.New("no content"))
	}

	return s.Put(ctx, key, bytes.NewReader(content), opts)
}

func statWithoutSize(s blob.Store, ctx context.Context, key string) (blob.Info, error) {
	info, err := s.Stat(ctx, key)
	info.Size = 0

	return info, err
}

func statOpaque(s blob.Store, ctx context.Context, key string) (blob.Info, error) {
	info, err := s.Stat(ctx, key)
	if err != nil {
		return info, errors.New(err.Error())
	}

	return info, nil
}

func deleteNothing(blob.Store, context.Context, string) error {
	return nil
}

func deleteFolder(s blob.Store, ctx context.Context, key string) error {
	infos, err := s.List(ctx, path.Dir(key)+"/", "", 0)
	if err != nil {
		return err
	}

	for _, info := range infos {
		if err := s.Delete(ctx, info.Key); err != nil {
			return err
		}
	}

	return s.Delete(ctx, key)
}
