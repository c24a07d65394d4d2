// What Discourse gives each file of a theme, beside what it imports.
declare const settings: { koweb_published: string; show_author: boolean };
declare function themePrefix(key: string): string;

interface Window {
  forum: {
    decorators: Function[];
    opened: object[];
    asked: string[];
    user: object | null;
    revisions: Record<string, object>;
    words: Record<string, string>;
  };
}
